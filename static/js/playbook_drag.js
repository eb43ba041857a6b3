// Drag a step, a message or a link by its handle. It goes along in the list; Esc puts it back.

import { page } from "./playbook_post.js";
import { moved } from "./playbook_items.js";

const EDGE = 60;
let drag = null;

page.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest("[data-handle]");
  if (!handle || event.button || !event.isPrimary) return;
  event.preventDefault();
  const item = handle.closest("[data-item]");
  drag = { item, handle, pointer: event.pointerId, y: event.clientY, follower: item.nextElementSibling };
  handle.setPointerCapture(event.pointerId);
  item.classList.add("is-dragging");
  scroll();
});

function scroll() {
  if (!drag) return;
  const step = drag.y < EDGE ? drag.y - EDGE : Math.max(0, drag.y - (innerHeight - EDGE));
  if (step) window.scrollBy(0, step / 4);
  if (step) follow();
  requestAnimationFrame(scroll);
}

/** The item stands in front of the first whose middle is below the pointer. */
function follow() {
  const others = [...drag.item.parentElement.children].filter((other) => other !== drag.item);
  const before = others.find((other) => {
    const box = other.getBoundingClientRect();
    return drag.y < box.top + box.height / 2;
  });
  if ((before ?? null) === drag.item.nextElementSibling) return;
  drag.item.parentElement.insertBefore(drag.item, before ?? null);
  if (!drag.handle.hasPointerCapture(drag.pointer)) drag.handle.setPointerCapture(drag.pointer);
}

window.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  drag.y = event.clientY;
  follow();
});

function stop(cancelled) {
  if (!drag) return;
  const { item, follower } = drag;
  drag = null;
  item.classList.remove("is-dragging");
  if (cancelled) item.parentElement.insertBefore(item, follower);
  else if (item.nextElementSibling !== follower) moved(item, follower);
}

window.addEventListener("pointerup", () => stop(false));
window.addEventListener("pointercancel", () => stop(true));
window.addEventListener("keydown", (event) => event.key === "Escape" && stop(true));
