// Walk the grid by arrows. One element of the grid is in the tab order at a time; an empty place is drawn when one stands on it.

import { map, mayEdit } from "./acts.js";
import { boxOf, cardsAt, cardsIn, columns, feelSticks, placeOf, placeUnder, rowOf, rows, stageAt } from "./places.js";

let place = null;

export const placeElement = () => map.querySelector(".place");

export function positionOf(element) {
  const row = rowOf(element);
  return row ? { column: Number(element.dataset.column), row } : null;
}

/** Show the empty place at (column, row), in its row, and return it. */
export function showPlace(where, focus = false) {
  const found = placeOf(where.column, where.row);
  if (!found || !mayEdit) return null;
  place ??= Object.assign(document.createElement("div"), { className: "place", tabIndex: -1 });
  place.setAttribute("role", "gridcell");
  const { x, y, h } = boxOf(found);
  place.style.cssText = `--x:${x};--y:${y};--h:${h}`;
  Object.assign(place.dataset, { column: found.column, stage: found.stage, slot: found.slot, lane: found.lane, level: 0 });
  const isFeel = found.row.id === "map-feel";
  const rowName = isFeel ? "How it feels" : found.row.dataset.name;
  place.setAttribute("aria-label", `Empty place, ${found.stageName}, ${rowName}, place ${found.slot + 1}`);
  place.setAttribute("aria-colindex", found.column + 2);
  place.textContent = isFeel ? "+ Emotion" : found.row.classList.contains("lane--outside") ? "+ Event" : "+ Touchpoint";
  if (place.parentElement !== found.row) found.row.append(place); // put there again it would lose the focus
  if (focus) stand(place);
  return place;
}

export function hidePlace() {
  if (place && place !== document.activeElement && !place.querySelector("input")) place.remove();
}

/** Give focus to a card or place, and the tab stop with it. Returns it. */
export function stand(element) {
  map.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
  element.tabIndex = 0;
  element.focus({ preventScroll: true });
  const view = map.parentElement;
  const top = view.scrollTop;
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  // The feelings are always in sight; the browser would scroll to where they would be if they did not stick.
  if (element.closest(".feel") && feelSticks()) view.scrollTop = top;
  return element;
}

/** Stand at (column, row): on its card if there is one (the `index`-th of a stack), else on the empty place. */
export function go(column, row, index = 0) {
  const cards = cardsAt(column, row);
  if (cards.length) return stand(cards.at(Math.min(index, cards.length - 1)));
  if (mayEdit) return showPlace({ column, row }, true);
  return null;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function walk(element, key) {
  const at = positionOf(element);
  const [dx, dy] = STEPS[key];
  const all = rows();
  if (dy) {
    const stack = cardsAt(at.column, at.row);
    const beside = stack[stack.indexOf(element) + dy];
    if (stack.includes(element) && beside) return stand(beside);
    const row = all[all.indexOf(at.row) + dy];
    if (row) return enter(at.column, row, dy < 0 ? -1 : 0);
    return dy < 0 ? stand(stageAt(at.column).querySelector("button")) : null;
  }
  const column = at.column + dx;
  const found = mayEdit ? column >= 0 && column < columns() && go(column, at.row) : nearest(at.row, column, dx);
  const label = at.row.querySelector(".lane__name");
  return found || (dx < 0 && label ? stand(label) : null);
}

/** Stand at (column, row), or for somebody who only looks, on the card nearest to it. */
export function enter(column, row, index = 0) {
  return mayEdit ? go(column, row, index) : nearest(row, column);
}

/** For somebody who only looks, arrows leap from card to card. */
function nearest(row, column, direction = 0) {
  const cards = cardsIn(row)
    .filter((card) => !direction || Math.sign(card.dataset.column - column || direction) === direction)
    .sort((a, b) => Math.abs(a.dataset.column - column) - Math.abs(b.dataset.column - column));
  return cards.length ? stand(cards[0]) : null;
}

export function firstStop() {
  // An empty place that is shown may have got a new name or moved with its stage.
  const row = place?.isConnected && !place.querySelector("input") && place.closest(".lane, .feel");
  if (row && !showPlace({ column: Number(place.dataset.column), row })) place.remove();
  if (map.querySelector('[tabindex="0"]')) return;
  const first = map.querySelector("[data-element]");
  if (first) first.tabIndex = 0;
  else if (mayEdit && rows().length > 1 && columns()) {
    const shown = showPlace({ column: 0, row: rows()[0] });
    if (shown) shown.tabIndex = 0;
  }
}

map.addEventListener("pointermove", (event) => {
  if (!mayEdit || event.pointerType === "touch" || event.buttons) return;
  if (event.target.closest("[data-element], button, .place, .wire, .map__head, .lane__label, .feel__label")) return;
  if (place?.querySelector("input, textarea") || place === document.activeElement) return;
  const under = placeUnder(event.clientX, event.clientY);
  if (under) showPlace(under);
});
map.addEventListener("pointerleave", hidePlace);
map.addEventListener("map:refreshed", firstStop);
