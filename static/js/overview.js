// The whole journey in a strip under the map: a button a stage goes there, dragging moves the view. Drawn from what the layout wrote into
// the page, so it costs no request and is never behind; and only when there is time, so that no act waits for it.

import { map } from "./acts.js";
import { jumpTo, stageInView } from "./going.js";
import { lanes, LABEL, scale, stages } from "./places.js";

const view = map.parentElement;
const bar = document.getElementById("overview");
const strip = document.getElementById("overview-strip");
const picture = strip.querySelector("svg");
const frame = strip.querySelector(".overview__window");
const fold = bar.querySelector("[data-fold-overview]");
const KEPT = "touchline-overview-folded";

/** Pixels of the map right of the labels and under the stages. */
export const size = () => {
  const { w, h } = document.getElementById("map-size").dataset;
  return { w: Math.max(w - LABEL, 1), h: Number(h) - 74 };
};
const labels = () => map.querySelector(".map__corner").getBoundingClientRect().width;
const parts = (share) => `${(share * 100).toFixed(3)}%`;

function draw() {
  const { w, h } = size();
  const strokes = {};
  const tops = Object.fromEntries(lanes().map((lane) => [lane.id.slice(5), lane.dataset.y - 74]));
  for (const { dataset } of map.querySelectorAll(".card")) {
    const look = dataset.dim === undefined ? dataset.kind : "dim";
    (strokes[look] ??= []).push(`M${dataset.column * 176 + 8} ${tops[dataset.lane] + 7 + dataset.stack * 86}h160v72h-160z`);
  }
  picture.setAttribute("viewBox", `0 0 ${w} ${h}`);
  picture.innerHTML = Object.entries(strokes).map(([look, paths]) => `<path class="thumb__${look}" d="${paths.join("")}"/>`).join("");
  nameStages(w);
  follow();
}

function nameStages(w) {
  const all = stages();
  const buttons = [...strip.querySelectorAll("button")];
  for (const extra of buttons.slice(all.length)) extra.remove();
  all.forEach((stage, index) => {
    const button = buttons[index] ?? strip.insertBefore(Object.assign(document.createElement("button"), { className: "overview__stage" }), picture);
    button.textContent = stage.dataset.name;
    button.setAttribute("aria-label", `Go to ${stage.dataset.name}`);
    button.style.insetInlineStart = parts((stage.dataset.x - LABEL) / w);
    button.style.inlineSize = parts((stage.dataset.slots * 176) / w);
  });
}

/** The window in the strip is as wide as what the view shows. */
function follow() {
  bar.hidden = view.scrollWidth <= view.clientWidth + 1;
  if (bar.hidden) return;
  frame.style.inlineSize = parts(Math.min((view.clientWidth - labels()) / scale() / size().w, 1));
  scrolled();
}

/** While the map scrolls: the least that moves it. */
function scrolled() {
  frame.style.insetInlineStart = parts(view.scrollLeft / scale() / size().w);
  const [was, here] = [strip.querySelector("[aria-current]"), strip.querySelectorAll("button")[stageInView()]];
  if (was === here) return;
  was?.removeAttribute("aria-current");
  here?.setAttribute("aria-current", "true");
}

let due = 0;
const drawSoon = (wait) => {
  clearTimeout(due);
  due = setTimeout(draw, wait);
};
let framed = 0;
let isNew = false;
/** In the next frame; `sized`: not only the place but the size of what one sees has changed. */
const followSoon = (sized) => {
  isNew ||= sized;
  framed ||= requestAnimationFrame(() => {
    framed = 0;
    if (isNew) follow();
    else scrolled();
    isNew = false;
  });
};

for (const happened of ["map:refreshed", "map:filtered"]) map.addEventListener(happened, () => drawSoon(250));
for (const happened of ["scroll", "scrollend"]) view.addEventListener(happened, () => followSoon(false), { passive: true });
map.addEventListener("map:zoomed", () => followSoon(true));
new ResizeObserver(() => followSoon(true)).observe(view);

strip.addEventListener("click", (event) => {
  const index = [...strip.querySelectorAll("button")].indexOf(event.target.closest("button"));
  if (index >= 0) jumpTo(stages()[index]);
});

function setFolded(folded) {
  strip.hidden = folded;
  fold.setAttribute("aria-expanded", !folded);
  localStorage.setItem(KEPT, folded ? "1" : "");
}
fold.addEventListener("click", () => setFolded(!strip.hidden));
setFolded(Boolean(localStorage.getItem(KEPT)));
drawSoon(0);
