// Handles at the edges of the card under the pointer or with the focus: the right one draws an arrow, the lower one hands over.
// One pair for the whole map. A click on a handle begins, a click on a card ends: for fingers that would rather not drag.

import { map, mayEdit } from "./acts.js";
import { drawLine, eraseLine } from "./draft_line.js";
import { finish, mark, receiverUnder } from "./joining.js";
import { pointerDrag } from "./pointer_drag.js";
import { begin as beginWalk } from "./walk_join.js";

if (mayEdit) {
  const handles = Object.assign(document.createElement("div"), { className: "handles" });
  handles.setAttribute("aria-hidden", "true"); // by keyboard: c and h
  for (const [way, sign, title] of [["connect", "→", "Drag to connect (C). Shift: in no set order"], ["hand", "⇄", "Drag to hand over (H)"]]) {
    const button = Object.assign(document.createElement("button"), { className: `handle handle--${way}`, tabIndex: -1, title, textContent: sign });
    button.dataset.way = way;
    handles.append(button);
  }
  let card = null;
  let at = null;
  let loose = false;

  function attach(next) {
    if (at) return;
    card = next;
    if (!card) return handles.remove();
    handles.style.cssText = `--x:${card.style.getPropertyValue("--x")};--y:${card.style.getPropertyValue("--y")}`;
    if (handles.parentElement !== card.parentElement) card.parentElement.append(handles);
  }
  const focused = () => document.activeElement?.closest("#map .card");
  map.addEventListener("pointerover", (event) => {
    if (event.buttons || event.target.closest(".handles")) return;
    attach(event.target.closest(".card") ?? focused());
  });
  map.addEventListener("focusin", () => attach(focused()));
  map.addEventListener("pointerleave", () => attach(focused()));
  map.addEventListener("map:refreshed", () => attach(card?.isConnected ? card : focused()));
  map.addEventListener("mousedown", (event) => event.target.closest(".handle") && event.preventDefault());
  map.addEventListener("click", (event) => {
    const handle = event.target.closest(".handle");
    if (handle) beginWalk(handle.dataset.way, card);
  });
  for (const type of ["pointermove", "pointerup"]) window.addEventListener(type, (event) => (loose = event.altKey || event.shiftKey), true);

  pointerDrag(map, {
    handle: (event) => event.target.closest(".handle"),
    begin() {
      handles.classList.add("is-dragging");
      map.classList.add("is-drawing");
    },
    move(handle, { x, y }) {
      const { way } = handle.dataset;
      at = { x, y };
      mark(receiverUnder(way, card, x, y));
      drawLine(way, card, at, loose && way === "connect");
    },
    end(handle, cancelled) {
      const { way } = handle.dataset;
      const to = !cancelled && at && receiverUnder(way, card, at.x, at.y);
      at = null;
      handles.classList.remove("is-dragging");
      map.classList.remove("is-drawing");
      eraseLine();
      if (to) finish(way, card, to, loose);
      else mark(null);
    },
  });
}
