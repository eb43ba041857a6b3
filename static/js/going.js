// Go somewhere on the map: "[" and "]" to the stage before and after; whoever sends "map:go" to a card, a stage or a lane brings it into view.

import { map, mayEdit, say } from "./acts.js";
import { free } from "./edge_scroll.js";
import { go, positionOf, stand } from "./grid_keys.js";
import { cardsAt, feelSticks, LABEL, scale, stages } from "./places.js";

const view = map.parentElement;
const behavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");
let aim = null; // where a jump leads: {left, index}. The last stages may have no room to stand at the left edge.

/** The index of the stage at the left edge. */
export function stageInView() {
  if (aim) return aim.index;
  const left = view.scrollLeft / scale() + LABEL + 2;
  return Math.max(stages().findLastIndex((stage) => Number(stage.dataset.x) <= left), 0);
}

/** Bring a stage's beginning beside the labels of the lanes. */
export function jumpTo(stage) {
  const most = view.scrollWidth - view.clientWidth;
  aim = { left: Math.max(Math.min((stage.dataset.x - LABEL) * scale(), most), 0), index: stages().indexOf(stage) };
  view.scrollTo({ left: aim.left, behavior: behavior() });
  say(`${stage.dataset.name}, stage ${aim.index + 1} of ${stages().length}`);
}

view.addEventListener("scrollend", () => {
  if (aim && Math.abs(view.scrollLeft - aim.left) > 2) aim = null;
});

/** The focus goes along: to the same row of that stage, or to its first card. */
function takeAlong(stage) {
  const focused = document.activeElement?.closest("#map [data-element], #map .place");
  if (!focused) return;
  const { row } = positionOf(focused);
  const column = Number(stage.dataset.first);
  if (mayEdit || cardsAt(column, row).length) return void go(column, row);
  const card = map.querySelector(`[data-element][data-stage="${stage.id.slice(6)}"]`);
  if (card) stand(card);
}

function step(by) {
  const all = stages();
  const from = document.activeElement?.closest("#map [data-stage]")?.dataset.stage;
  const index = from ? all.findIndex((stage) => stage.id.slice(6) === from) : stageInView();
  const stage = all[index + by];
  if (!stage) return say(by > 0 ? "That is the last stage." : "That is the first stage.");
  takeAlong(stage);
  jumpTo(stage);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "[" && event.key !== "]") return;
  // AltGr, with which many keyboards write brackets, comes as Ctrl and Alt.
  if ((event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph")) return;
  if (event.target.closest("input, textarea, select, dialog, .panel")) return;
  event.preventDefault();
  event.stopPropagation(); // on an empty place it would be the beginning of a title
  step(event.key === "[" ? -1 : 1);
}, { capture: true });

/** Into the middle of what labels, heads and feelings leave free. */
function centre(element) {
  const at = element.getBoundingClientRect();
  const { x, y } = free(view);
  const left = at.left + at.width / 2 - (x[0] + x[1]) / 2;
  const top = at.top + at.height / 2 - (y[0] + y[1]) / 2;
  const stays = element.matches(".feel *") && feelSticks();
  view.scrollBy({ left: element.matches(".lane") ? 0 : left, top: stays ? 0 : top, behavior: "instant" });
}

map.addEventListener("map:go", ({ target }) => {
  if (target.matches(".stage")) jumpTo(target);
  else centre(target);
  if (!target.dataset.element) return target.querySelector("button").focus({ preventScroll: true });
  stand(target);
  target.classList.add("is-found");
  target.addEventListener("blur", () => target.classList.remove("is-found"), { once: true });
});
