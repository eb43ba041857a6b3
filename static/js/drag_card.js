// Drag a card to another place. Esc takes it back; a drop that the server refuses goes back too, and says why.

import { act, map, mayEdit } from "./acts.js";
import { boxOf, placeUnder } from "./places.js";

let drag = null;

function target() {
  return map.querySelector(".place--target") ?? Object.assign(document.createElement("div"), { className: "place place--target" });
}

map.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-element]");
  if (!mayEdit || !card || event.button || event.pointerType === "touch" || event.target.closest("input, textarea")) return;
  drag = { card, x: event.clientX, y: event.clientY, moved: false, place: null };
});

window.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const dx = event.clientX - drag.x;
  const dy = event.clientY - drag.y;
  if (!drag.moved && Math.hypot(dx, dy) < 5) return;
  if (!drag.moved) drag.card.classList.add("is-dragging");
  drag.moved = true;
  drag.card.style.translate = `${dx}px ${dy}px`;
  const place = placeUnder(event.clientX, event.clientY);
  const fits = place && (place.row.id === "map-feel") === (drag.card.dataset.kind === "emotion");
  drag.place = fits ? place : null;
  const shown = target();
  if (!fits) return shown.remove();
  const { x, y, h } = boxOf(place);
  shown.style.cssText = `--x:${x};--y:${y};--h:${h}`;
  place.row.append(shown);
  scrollAtEdges(event);
});

function scrollAtEdges(event) {
  const view = map.parentElement;
  const box = view.getBoundingClientRect();
  if (event.clientX > box.right - 50) view.scrollLeft += 14;
  else if (event.clientX < box.left + 190) view.scrollLeft -= 14;
  if (event.clientY > box.bottom - 170) view.scrollTop += 10;
  else if (event.clientY < box.top + 90) view.scrollTop -= 10;
}

function end(cancel) {
  const { card, moved, place } = drag;
  drag = null;
  target().remove();
  if (!moved) return;
  // The click that follows a drag must not open the panel.
  window.addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
  setTimeout(() => window.dispatchEvent(new MouseEvent("click")));
  card.classList.remove("is-dragging");
  if (cancel || !place) return void (card.style.translate = "");
  drop(card, place);
}

async function drop(card, place) {
  card.classList.add("is-pending");
  await act(`${card.dataset.element}move/`, { stage: place.stage, lane: place.lane, slot: place.slot });
  card.style.translate = "";
  card.classList.remove("is-pending");
}

window.addEventListener("pointerup", () => drag && end(false));
window.addEventListener("pointercancel", () => drag && end(true));
window.addEventListener("keydown", (event) => event.key === "Escape" && drag && end(true));
