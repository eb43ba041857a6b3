// Where the cards of a group stand when one of them goes to a new place: as far from it as they were.

import { act } from "./acts.js";
import { stand } from "./grid_keys.js";
import { offerBack } from "./meanwhile.js";
import { columns, lanes, placeOf, rowOf, rows, stageAt } from "./places.js";
import { together } from "./selecting.js";

const levelOf = (cloud) => Number(cloud.querySelector("b").textContent.replace("−", "-"));
const isEmotion = (card) => card.dataset.kind === "emotion";

/** [{element, stage, lane, slot, level}] of a group, when `card` goes to `place`. Nobody leaves the map, and the group keeps its shape. */
export function shifted(card, group, place, level = null) {
  const all = lanes();
  const laneOf = (one) => all.indexOf(rowOf(one));
  const solid = group.filter((one) => !isEmotion(one));
  const column = (one) => Number(one.dataset.column);
  let right = place.column - column(card);
  let down = isEmotion(card) ? 0 : all.indexOf(place.row) - laneOf(card);
  right = Math.max(right, -Math.min(...group.map(column)));
  if (solid.length) down = Math.min(Math.max(down, -Math.min(...solid.map(laneOf))), all.length - 1 - Math.max(...solid.map(laneOf)));
  const lift = level === null ? null : level - levelOf(card);
  return group.map((one) => {
    const stage = stageAt(column(one) + right);
    const where = { element: one.dataset.element, stage: stage.id.slice(6), slot: column(one) + right - stage.dataset.first };
    if (!isEmotion(one)) return { ...where, lane: all[laneOf(one) + down].id.slice(5) };
    return lift === null ? where : { ...where, level: Math.min(Math.max(levelOf(one) + lift, -2), 2) };
  });
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Shift and an arrow: one place on, with all that is selected. On the curve, up and down change how it feels. */
export async function step(card, key) {
  const [dx, dy] = STEPS[key];
  const group = together(card);
  const row = rowOf(card);
  const isFeel = isEmotion(card);
  const all = rows();
  const column = Math.min(Math.max(Number(card.dataset.column) + dx, 0), columns() - 1);
  const next = isFeel ? row : all[Math.min(Math.max(all.indexOf(row) + dy, 0), all.length - 2)];
  const place = placeOf(column, next);
  const level = isFeel && dy ? Math.min(Math.max(levelOf(card) - dy, -2), 2) : null;
  if (group.length > 1) await act("selection/move/", { places: JSON.stringify(shifted(card, group, place, level)) });
  else {
    const { stage, lane, slot } = place;
    offerBack(await act(`${card.dataset.element}move/`, level === null ? { stage, lane, slot } : { stage, slot, level }));
  }
  const moved = document.getElementById(card.id); // somebody may have deleted it
  if (moved) stand(moved);
}
