// What an arrow or a handoff may lead to, and what comes of it when it does: `way` is "connect" or "hand".

import { act, map, newId, say } from "./acts.js";
import { open } from "./catch_card.js";
import { hidePlace, positionOf, showPlace } from "./grid_keys.js";
import { openPanel } from "./panel.js";
import { feel, placeUnder } from "./places.js";

export const titleOf = (card) => card.querySelector(".card__title")?.textContent.trim() ?? "";
const idOf = (card) => card.dataset.element.split("/")[1];

/** Under a point of the window: {element, name, ...}, or null where nothing can be joined. */
export function receiverUnder(way, source, x, y) {
  const card = document.elementFromPoint(x, y)?.closest("#map [data-element]");
  return card ? ofCard(source, card) : ofPlace(way, placeUnder(x, y));
}

/** At a card or a place that one stands on. */
export function receiverAt(way, source, element) {
  return element.dataset.element ? ofCard(source, element) : ofPlace(way, positionOf(element), element);
}

function ofCard(source, card) {
  return card === source || card.dataset.kind === "emotion" ? null : { element: card, name: titleOf(card), card };
}

function ofPlace(way, place, there = null) {
  if (!place || place.row === feel()) return null;
  if (way === "hand") return place.row.matches(".lane--role") ? { element: place.row, name: place.row.dataset.name, lane: place.row } : null;
  const shown = there ?? showPlace(place);
  return shown && { element: shown, name: "a new card", place: shown };
}

let marked = null;

export function mark(receiver) {
  if (marked === receiver?.element) return;
  marked?.classList.remove("is-receiving");
  marked = receiver?.element;
  marked?.classList.add("is-receiving");
  if (!receiver?.place) hidePlace();
}

/** Draw it. On an empty place a new card is caught first, and comes with its arrow as one act. */
export async function finish(way, source, receiver, loose) {
  mark(null);
  const arrow = loose ? "unordered" : "sequence";
  const { card, lane, place } = receiver;
  if (place) {
    if (!place.isConnected) map.querySelector(`#lane-${place.dataset.lane}`)?.append(place);
    open(place);
    Object.assign(place.querySelector("input").dataset, { after: idOf(source), arrow });
    return say(`Type the card that comes after ${titleOf(source)}`);
  }
  if (way === "connect") return act(`${source.dataset.element}connect/`, { id: newId(), target: idOf(card), kind: arrow });
  const to = lane ? { to_lane: lane.id.slice(5) } : { to_touchpoint: idOf(card) };
  const outcome = await act(`${source.dataset.element}hand-off/`, { id: newId(), ...to });
  if (outcome.made) openPanel(`handoffs/${outcome.made}/`); // there is a package to fill
  return outcome;
}
