// One drag, however it is pointed: a mouse or pen drags at once, a finger holds first, so that it can still scroll the map. What is
// dragged stays under the pointer when the map moves, by the wheel or at the edges.

import { scrollAtEdges } from "./edge_scroll.js";

const NEAR = 5;
const HOLD = 350; // milliseconds

/** Calls begin(element, event), move(element, {x, y, dx, dy}) and end(element, cancelled). `handle(event)` says what is dragged, if anything;
 *  `axes(element)` along which the map moves with it. dx and dy are how far it has come over the map, in pixels of the window. */
export function pointerDrag(root, { handle, begin, move, end, axes = () => "xy", mouseOnly = false }) {
  let drag = null;
  const view = root.parentElement;

  const start = (event) => {
    drag.running = true;
    // Nothing else under the pointer lights up, nor is looked for, until the drag ends.
    if (event) root.setPointerCapture((drag.pointer = event.pointerId));
    begin(drag.element, event ?? {});
    const { element, at } = drag;
    drag.axes = axes(element);
    drag.still = scrollAtEdges(view, drag.axes, () => ({ ...at, wayX: at.x - drag.x, wayY: at.y - drag.y }), followMap);
  };

  function follow() {
    const { element, at, x, y, left, top } = drag;
    const dx = at.x - x + (drag.axes.includes("x") ? view.scrollLeft - left : 0);
    const dy = at.y - y + (drag.axes.includes("y") ? view.scrollTop - top : 0);
    drag.seen = view.scrollLeft + view.scrollTop;
    move(element, { ...at, dx, dy });
  }
  const followMap = () => drag?.running && drag.seen !== view.scrollLeft + view.scrollTop && follow();

  root.addEventListener("pointerdown", (event) => {
    if (mouseOnly && event.pointerType !== "mouse") return;
    const element = !event.button && event.isPrimary && handle(event);
    if (!element) return;
    const [x, y] = [event.clientX, event.clientY];
    drag = { element, x, y, at: { x, y }, left: view.scrollLeft, top: view.scrollTop, running: false };
    if (event.pointerType === "touch") drag.hold = setTimeout(() => start(), HOLD);
  });

  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    Object.assign(drag.at, { x: event.clientX, y: event.clientY });
    if (!drag.running) {
      if (Math.hypot(drag.at.x - drag.x, drag.at.y - drag.y) < NEAR) return;
      if (drag.hold) return stop(true); // a finger that moves at once scrolls
      start(event);
    }
    follow();
  });
  view.addEventListener("scroll", followMap, { passive: true });

  function stop(cancelled) {
    if (!drag) return;
    clearTimeout(drag.hold);
    const { element, running, still, pointer } = drag;
    drag = null;
    if (!running) return;
    still();
    if (pointer !== undefined && root.hasPointerCapture(pointer)) root.releasePointerCapture(pointer);
    // The click that follows a drag must not open anything.
    window.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
    setTimeout(() => window.dispatchEvent(new MouseEvent("click")));
    end(element, cancelled);
  }

  window.addEventListener("pointerup", () => stop(false));
  window.addEventListener("pointercancel", () => stop(true));
  window.addEventListener("keydown", (event) => event.key === "Escape" && stop(true));
  // While a held card is under the finger, the map does not scroll and no menu opens.
  root.addEventListener("touchmove", (event) => drag?.running && event.preventDefault(), { passive: false });
  root.addEventListener("contextmenu", (event) => drag?.hold && event.preventDefault());
}
