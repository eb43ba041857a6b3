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

const size = () => {
  const { w, h } = document.getElementById("map-size").dataset;
  return { w: Math.max(w - LABEL, 1), h: Number(h) - 74 };
};
const labels = () => map.querySelector(".map__corner").getBoundingClientRect().width;
const parts = (share) => `${(share * 100).toFixed(3)}%`;

function draw() {
  const { w, h } = size();
  const strokes = {};
  for (const lane of lanes()) {
    const top = lane.dataset.y - 74;
    for (const { dataset } of lane.querySelectorAll("[data-element]")) {
      const look = dataset.dim === undefined ? dataset.kind : "dim";
      (strokes[look] ??= []).push(`M${dataset.column * 176 + 8} ${top + 7 + dataset.stack * 86}h160v72h-160z`);
    }
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

/** The window in the strip is what the view shows. */
function follow() {
  bar.hidden = view.scrollWidth <= view.clientWidth + 1;
  if (bar.hidden) return;
  const { w } = size();
  frame.style.insetInlineStart = parts(view.scrollLeft / scale() / w);
  frame.style.inlineSize = parts(Math.min((view.clientWidth - labels()) / scale() / w, 1));
  const here = stageInView();
  strip.querySelectorAll("button").forEach((button, index) => button.setAttribute("aria-current", index === here));
}

let due = 0;
const later = (work, wait) => {
  clearTimeout(due);
  due = setTimeout(work, wait);
};
let framed = 0;
const followSoon = () => (framed ||= requestAnimationFrame(() => (framed = 0, follow())));

for (const happened of ["map:refreshed", "map:filtered"]) map.addEventListener(happened, () => later(draw, 250));
map.addEventListener("map:zoomed", followSoon);
view.addEventListener("scroll", followSoon, { passive: true });
view.addEventListener("scrollend", followSoon);
new ResizeObserver(followSoon).observe(view);

strip.addEventListener("click", (event) => {
  const index = [...strip.querySelectorAll("button")].indexOf(event.target.closest("button"));
  if (index >= 0) jumpTo(stages()[index]);
});

let grip = null;
strip.addEventListener("pointerdown", (event) => {
  const box = frame.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right;
  grip = event.button ? null : { x: event.clientX, hold: inside ? event.clientX - box.left : box.width / 2, moving: false };
});
strip.addEventListener("pointermove", (event) => {
  if (!grip || (!grip.moving && Math.abs(event.clientX - grip.x) < 4)) return;
  // The captured pointer's click is the strip's, not that of the stage under it.
  if (!grip.moving) strip.setPointerCapture(event.pointerId);
  grip.moving = true;
  const box = strip.getBoundingClientRect();
  view.scrollLeft = ((event.clientX - grip.hold - box.left) / box.width) * size().w * scale();
});
for (const over of ["pointerup", "pointercancel"]) strip.addEventListener(over, () => (grip = null));

function setFolded(folded) {
  strip.hidden = folded;
  fold.setAttribute("aria-expanded", !folded);
  localStorage.setItem(KEPT, folded ? "1" : "");
}
fold.addEventListener("click", () => setFolded(!strip.hidden));
setFolded(Boolean(localStorage.getItem(KEPT)));
later(draw, 0);
