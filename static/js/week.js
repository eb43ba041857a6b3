// A card of the week goes to another day: dragged there, or by Alt and an arrow key. It is there at once, and back if that is refused.

import { act } from "./day_acts.js";
import { pointerDrag } from "./pointer_drag.js";

const day = document.getElementById("day");
const columns = () => [...document.querySelectorAll(".column[data-day]:not([data-over])")];
const at = ({ x, y }) => document.elementsFromPoint(x, y).map((one) => one.closest(".column[data-day]:not([data-over])")).find(Boolean);

function put(card, column) {
  if (!column || card.closest(".column") === column) return;
  column.querySelector("ul").append(card);
  const row = card.dataset.row;
  act({ kind: "reschedule", path: `${day.dataset.base}scheduled/${row}/reschedule/`, body: `day=${column.dataset.day}`, row });
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".card-of-week");
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!card || !by || !event.altKey || !("moves" in day.dataset)) return;
  event.preventDefault();
  const all = columns();
  const here = all.indexOf(card.closest(".column"));
  put(card, all[here < 0 ? 0 : here + by]);
  card.querySelector(".task__title").focus();
});

let over = null;

if ("moves" in day.dataset)
  pointerDrag(day.parentElement, {
    handle: (event) => event.target.closest(".card-of-week"),
    begin: (card) => card.classList.add("is-dragged"),
    move(card, { x, y, dx, dy }) {
      card.style.setProperty("--dx", `${dx}px`);
      card.style.setProperty("--dy", `${dy}px`);
      over?.classList.remove("is-over");
      over = at({ x, y });
      over?.classList.add("is-over");
    },
    end(card, cancelled) {
      card.classList.remove("is-dragged");
      card.removeAttribute("style");
      over?.classList.remove("is-over");
      if (!cancelled) put(card, over);
      over = null;
    },
    axes: () => "",
  });
