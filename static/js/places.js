// Where things stand: from pixels to (stage, lane, slot) and back, read from what the layout wrote into the page.

import { map } from "./acts.js";

export const SLOT = 176;
export const LABEL = 148;
export const FEEL = 148;
const CELL = 86;

export const stages = () => [...map.querySelectorAll(".stage[id]")].sort((a, b) => a.dataset.first - b.dataset.first);
export const lanes = () => [...map.querySelectorAll(".lane")].sort((a, b) => a.dataset.index - b.dataset.index);
export const columns = () => Number(document.getElementById("map-size").dataset.columns);
export const feel = () => document.getElementById("map-feel");
/** Whether the feelings stick to the bottom of the view, over lanes that go on beneath them. With little height they do not. */
export const feelSticks = () => getComputedStyle(feel()).position === "sticky";

/** The rows one can stand in: lanes from top to bottom, then the feelings. */
export const rows = () => [...lanes(), feel()];

const keyOf = (row) => (row === feel() ? "feel" : row.id.slice(5));
/** The cards of a row. They lie in one layer above the lanes, so that a card which changes its lane stays the element it is. */
export const cardsIn = (row) => [...map.querySelectorAll(`[data-element][data-lane="${keyOf(row)}"]`)];
/** The row that a card, or whatever stands in a row, belongs to; null outside of them. */
export const rowOf = (element) => element.closest(".lane, .feel") ?? document.getElementById(`lane-${element.dataset.lane}`);

export function stageAt(column) {
  return stages().findLast((stage) => Number(stage.dataset.first) <= column);
}

export function placeOf(column, row) {
  const stage = stageAt(column);
  if (!stage || column >= columns()) return null;
  return { column, row, stage: stage.id.slice(6), slot: column - stage.dataset.first, lane: keyOf(row), stageName: stage.dataset.name };
}

export function cardsAt(column, row) {
  const here = cardsIn(row).filter((card) => Number(card.dataset.column) === column);
  return here.sort((a, b) => a.dataset.stack - b.dataset.stack);
}

/** CSS pixels of the screen to one of the map. */
export const scale = () => Number(map.style.getPropertyValue("--zoom")) || 1;

/** The place under a pointer, or null over labels and headers. */
export function placeUnder(x, y) {
  const box = map.getBoundingClientRect();
  // The feelings stick to the bottom, over lanes that go on beneath them.
  const row = [feel(), ...lanes()].find((candidate) => {
    const { top, bottom } = candidate.getBoundingClientRect();
    return y >= top && y < bottom;
  });
  const column = Math.floor(((x - box.left) / scale() - LABEL) / SLOT);
  return row && column >= 0 ? placeOf(column, row) : null;
}

/** Left and top of a place inside its row, in CSS pixels; a taken place offers the free cell under its stack. */
export function boxOf({ column, row }) {
  const x = LABEL + column * SLOT + 8;
  if (row === feel()) return { x, y: 44, h: 60 };
  const height = Number(row.dataset.h);
  if (height < CELL) return { x, y: 5, h: height - 10 };
  const taken = cardsAt(column, row).length;
  return { x, y: Math.min(7 + taken * CELL, height - 40), h: taken * CELL + 72 < height ? 72 : 33 };
}
