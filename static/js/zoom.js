// Near and far: buttons, keys (+ - 0 1), Ctrl and the wheel, two fingers. What is under the pointer stays there.

import { map, say } from "./acts.js";
import { FEEL, LABEL, scale as zoom } from "./places.js";

const view = map.parentElement;
const key = `touchline-zoom:${map.dataset.base}`;
const shown = document.querySelector("[data-zoom-shown]");
const LEAST = 0.05; // a long journey fits, too
const MOST = 2;
const SMALL = 0.62; // below this a card says its title only

/** Zoom to `to`, keeping the point (x, y) of the screen where it is; the middle of the view if there is none. */
export function zoomTo(to, x, y) {
  const next = Math.min(Math.max(to, LEAST), MOST);
  const box = view.getBoundingClientRect();
  const left = (x ?? box.left + box.width / 2) - box.left;
  const top = (y ?? box.top + box.height / 2) - box.top;
  const was = zoom();
  const at = { x: (view.scrollLeft + left) / was, y: (view.scrollTop + top) / was };
  map.style.setProperty("--zoom", next);
  map.classList.toggle("map--small", next < SMALL);
  view.scrollTo(at.x * next - left, at.y * next - top);
  shown.textContent = `${Math.round(next * 100)} %`;
  if (!document.body.matches(".is-presenting")) localStorage.setItem(key, next);
  map.dispatchEvent(new Event("map:zoomed"));
}

/** The whole journey, as large as it fits. */
export function fit() {
  const { w, h } = document.getElementById("map-size").dataset;
  const label = map.querySelector(".map__corner").getBoundingClientRect().width / zoom(); // slimmer on a phone
  zoomTo(Math.min(view.clientWidth / (w - LABEL + label), view.clientHeight / (Number(h) + FEEL), 1));
  view.scrollTo(0, 0);
}

const STEPS = [0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];
const nearer = () => zoomTo(STEPS.find((step) => step > zoom() + 0.01) ?? MOST);
const further = () => zoomTo(STEPS.findLast((step) => step < zoom() - 0.01) ?? LEAST);

function go(to) {
  if (to === "in") nearer();
  else if (to === "out") further();
  else if (to === "fit") fit();
  else zoomTo(Number(to));
  say(`Zoom ${shown.textContent}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (!button) return;
  go(button.dataset.zoom);
});

const KEYS = { "+": "in", "=": "in", "-": "out", 0: "1", 1: "fit" };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  if (event.target.closest("input, textarea, select, dialog, .panel")) return;
  event.preventDefault();
  go(KEYS[event.key]);
});

// A trackpad's pinch comes as a wheel with Ctrl.
view.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomTo(zoom() * Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0025)), event.clientX, event.clientY);
}, { passive: false });

let pinch = null;
const spread = ([a, b]) => ({ d: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 });

view.addEventListener("touchstart", (event) => {
  pinch = event.touches.length === 2 ? { was: zoom(), ...spread(event.touches) } : null;
}, { passive: true });
view.addEventListener("touchmove", (event) => {
  if (!pinch || event.touches.length !== 2) return;
  event.preventDefault();
  const now = spread(event.touches);
  zoomTo((pinch.was * now.d) / pinch.d, now.x, now.y);
}, { passive: false });

// The map is a picture with letters of its own size: for whoever has made the letters larger it begins nearer.
const kept = Number(localStorage.getItem(key)) || parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
if (kept !== 1) {
  const { left, top } = view.getBoundingClientRect();
  zoomTo(kept, left, top);
}
