// Ctrl+C, X and V: cards within a map and from map to map; lines from anywhere become cards, one a line.

import { act, map, mayEdit, newId, say } from "./acts.js";
import { positionOf } from "./grid_keys.js";
import { shifted } from "./moving.js";
import { cardsAt, columns, placeOf, stageAt, stages } from "./places.js";
import { selected, together } from "./selecting.js";
import { take } from "./selection_acts.js";

const TYPE = "application/x-touchline";
const KEPT = "touchline-copied";
const journey = map.dataset.base.split("/").at(-2);
let cut = null;
const isTyping = (event) => event.target.closest?.("input, textarea, select") || document.getSelection().toString();
const title = (card) => card.querySelector(".card__title, .cloud__text").textContent.trim();

/** What one stands on, or stood on last. */
const standing = () => document.activeElement?.closest("#map [data-element], #map .place") ?? map.querySelector('[tabindex="0"]');
const stageFocused = () => document.activeElement?.closest(".stage[id]");

function copied() {
  if (stageFocused()) return { from: journey, stage: stageFocused().id.slice(6) };
  const card = standing();
  const cards = card?.dataset.element ? together(card) : selected();
  return cards.length ? { from: journey, elements: cards.map((one) => one.dataset.element), text: cards.map(title).join("\n") } : null;
}

function keep(what) {
  localStorage.setItem(KEPT, JSON.stringify(what));
  say(what.stage ? "Copied the stage" : `Copied ${what.elements.length} card${what.elements.length === 1 ? "" : "s"}`);
}

/** By menu: what is selected, to be pasted on this map or another in this browser. */
export function copySelection() {
  const what = copied();
  if (what) keep(what);
}

for (const kind of ["copy", "cut"]) {
  document.addEventListener(kind, async (event) => {
    const what = !isTyping(event) && copied();
    if (!what || (kind === "cut" && (!mayEdit || what.stage))) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", what.text ?? document.getElementById(`stage-${what.stage}`).dataset.name);
    event.clipboardData.setData(TYPE, JSON.stringify(what));
    keep(what);
    cut = kind === "cut" ? what.elements : null;
    if (cut) say(`Cut ${cut.length} card${cut.length === 1 ? "" : "s"}: paste moves them`);
  });
}

/** Where things are pasted: the empty place one stands on, or the one right of the card. */
function target() {
  const at = standing() && positionOf(standing());
  if (!at) return stages().length ? placeOf(0, map.querySelector(".lane--role, .lane")) : null;
  let column = at.column;
  while (column < columns() - 1 && cardsAt(column, at.row).length) column++;
  return placeOf(column, at.row);
}

export async function paste(what, place = target()) {
  if (what?.stage) {
    const after = stageFocused() ?? (standing() && stageAt(Number(standing().dataset.column)));
    const before = after && stages()[stages().indexOf(after) + 1];
    return act("stages/copy/", { id: newId(), from: what.from, stage: what.stage, before: before?.id.slice(6) ?? "" });
  }
  if (!place) return say("Name a stage first, then paste.", true);
  const { stage, slot, lane } = place;
  const where = { stage, slot, lane: place.row.id === "map-feel" ? "" : lane };
  const outcome = await act("selection/paste/", { id: newId(), from: what.from, elements: JSON.stringify(what.elements), ...where });
  if (!outcome.ok) return outcome;
  take(outcome.made);
  return outcome;
}

/** A card for each line of `text`, from a place on. */
export function pasteLines(text, place = target()) {
  if (!place) return say("Name a stage first, then paste.", true);
  const { stage, slot, lane } = place;
  return act("lines/paste/", { id: newId(), lines: text, stage, slot, lane: place.row.id === "map-feel" ? "" : lane });
}

/** What was copied last in this browser, on whatever map. */
export const lastCopied = () => JSON.parse(localStorage.getItem(KEPT) ?? "null");

/** What was cut keeps its name and its arrows: it moves. */
async function moveCut() {
  const group = [...map.querySelectorAll("[data-element]")].filter((card) => cut.includes(card.dataset.element));
  const lead = group.find((card) => card.dataset.kind !== "emotion") ?? group[0];
  const place = lead && target();
  if (place) await act("selection/move/", { places: JSON.stringify(shifted(lead, group, place)) });
  cut = null;
}

document.addEventListener("paste", async (event) => {
  if (!mayEdit || event.target.closest?.("input, textarea, select")) return;
  const ours = event.clipboardData.getData(TYPE);
  const text = event.clipboardData.getData("text/plain");
  if (!ours && !text.trim()) return;
  event.preventDefault();
  if (!ours) return void (await pasteLines(text));
  const what = JSON.parse(ours);
  if (cut && what.from === journey) await moveCut();
  else await paste(what);
});
