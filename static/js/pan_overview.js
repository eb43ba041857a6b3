// Drag in the overview: the view goes along. A click there is the stage's.

import { map } from "./acts.js";
import { size } from "./overview.js";
import { scale } from "./places.js";

const view = map.parentElement;
const strip = document.getElementById("overview-strip");
const frame = strip.querySelector(".overview__window");
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
