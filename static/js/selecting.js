// Select many: Shift+click or Space adds a card, a box drawn over the map takes all in it, Ctrl+A a stage, Esc lets go.

import { map, mayEdit, say } from "./acts.js";
import { pointerDrag } from "./pointer_drag.js";

const chosen = new Set();
const bar = document.getElementById("selection");
const all = () => [...map.querySelectorAll("[data-element]")];
const called = (count) => `${count} card${count === 1 ? "" : "s"} selected`;

/** The selected cards and feelings, in the order of the page. */
export const selected = () => (chosen.size ? all().filter((card) => chosen.has(card.dataset.element)) : []);
export const isSelected = (card) => chosen.has(card.dataset.element);

/** What an act on `card` is about: the whole selection if the card belongs to it, else the card alone. */
export const together = (card) => (isSelected(card) ? selected() : [card]);

export function select(cards, { add = false } = {}) {
  if (!add) chosen.clear();
  for (const card of cards) chosen.add(card.dataset.element);
  show();
}

export function toggle(card) {
  if (!chosen.delete(card.dataset.element)) chosen.add(card.dataset.element);
  show();
}

/** Let go of everything. Says whether there was something. */
export function clear() {
  if (!chosen.size) return false;
  chosen.clear();
  show();
  return true;
}

function show(isNew = true) {
  for (const card of map.querySelectorAll('[data-element][aria-selected="true"]')) {
    if (!chosen.has(card.dataset.element)) card.removeAttribute("aria-selected");
  }
  const here = selected();
  if (here.length < chosen.size) select(here);
  for (const card of here) card.setAttribute("aria-selected", "true");
  if (!bar) return;
  bar.hidden = here.length === 0;
  bar.querySelector("[data-count]").textContent = called(here.length);
  if (isNew) say(here.length ? called(here.length) : "");
}

/** Ctrl+A: the stage one stands in, then the whole map. */
export function selectStage(element) {
  const stage = all().filter((card) => card.dataset.stage === element.dataset.stage);
  select(stage.length && !stage.every(isSelected) ? stage : all());
}

if (mayEdit) {
  const box = Object.assign(document.createElement("div"), { className: "selection-box" });
  let before = [];

  pointerDrag(map, {
    mouseOnly: true,
    handle: (event) => !event.target.closest("[data-element], button, input, textarea, .map__head, .lane__label, .feel__label") && map,
    begin(_, event) {
      before = event.shiftKey ? selected() : [];
      document.body.append(box);
    },
    move(_, { x, y, dx, dy }) {
      const area = { left: Math.min(x, x - dx), top: Math.min(y, y - dy), right: Math.max(x, x - dx), bottom: Math.max(y, y - dy) };
      box.style.cssText = `left:${area.left}px;top:${area.top}px;width:${area.right - area.left}px;height:${area.bottom - area.top}px`;
      box.area = area;
    },
    end(_, cancelled) {
      box.remove();
      if (cancelled) return;
      const { left, top, right, bottom } = box.area;
      const inside = all().filter((card) => {
        const at = card.getBoundingClientRect();
        return at.left < right && at.right > left && at.top < bottom && at.bottom > top;
      });
      select([...before, ...inside]);
    },
  });
}

map.addEventListener("map:refreshed", () => chosen.size && show(false));
bar?.querySelector("[data-clear-selection]").addEventListener("click", () => clear());
