// One drag, however it is pointed: a mouse or pen drags at once, a finger holds first, so that it can still scroll the map.

const NEAR = 5;
const HOLD = 350; // milliseconds

/** Calls begin(element, event), move(element, {x, y, dx, dy}) and end(element, cancelled). `handle(event)` says what is dragged, if anything. */
export function pointerDrag(root, { handle, begin, move, end, mouseOnly = false }) {
  let drag = null;

  const start = (event) => {
    drag.running = true;
    // Nothing else under the pointer lights up, nor is looked for, until the drag ends.
    if (event) root.setPointerCapture((drag.pointer = event.pointerId));
    begin(drag.element, event ?? {});
  };

  root.addEventListener("pointerdown", (event) => {
    if (mouseOnly && event.pointerType !== "mouse") return;
    const element = !event.button && event.isPrimary && handle(event);
    if (!element) return;
    drag = { element, x: event.clientX, y: event.clientY, running: false };
    if (event.pointerType === "touch") drag.hold = setTimeout(() => start(), HOLD);
  });

  window.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const dx = event.clientX - drag.x;
    const dy = event.clientY - drag.y;
    if (!drag.running) {
      if (Math.hypot(dx, dy) < NEAR) return;
      if (drag.hold) return stop(true); // a finger that moves at once scrolls
      start(event);
    }
    move(drag.element, { x: event.clientX, y: event.clientY, dx, dy });
  });

  function stop(cancelled) {
    if (!drag) return;
    clearTimeout(drag.hold);
    const { element, running, pointer } = drag;
    drag = null;
    if (!running) return;
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
