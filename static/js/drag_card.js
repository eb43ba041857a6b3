// Drag a card to another place; on the curve, up and down change how it feels. By touch: press, hold, then drag.
// Esc takes it back; a drop that the server refuses goes back too, and says why.

import { act, map, mayEdit, say } from "./acts.js";
import { offerBack } from "./meanwhile.js";
import { pointerDrag } from "./pointer_drag.js";
import { boxOf, placeUnder, scale } from "./places.js";
import { shifted } from "./moving.js";
import { together } from "./selecting.js";

const LEVEL = 22; // pixels of the map from one feeling to the next
export const FEELINGS = { 2: "+2 delighted", 1: "+1 glad", 0: "0 neutral", "-1": "−1 uneasy", "-2": "−2 upset" };

const isEmotion = (card) => card.dataset.kind === "emotion";
const target = () => map.querySelector(".place--target") ?? Object.assign(document.createElement("div"), { className: "place place--target" });

const standing = (card) => ["--x", "--y"].map((name) => Number(card.style.getPropertyValue(name)));

function levelAfter(card, dy) {
  const was = Number(card.querySelector("b").textContent.replace("−", "-"));
  return Math.min(Math.max(was - Math.round(dy / scale() / LEVEL), -2), 2);
}

if (mayEdit) {
  let place = null;
  let level = null;
  let dragged = [];
  let at = null; // where the target is shown
  let stood = []; // where those that are dragged stood when they were taken
  let hold = null; // puts them to where the hand is

  pointerDrag(map, {
    handle: (event) => !event.target.closest("input, textarea") && event.target.closest("[data-element]"),
    axes: (card) => (isEmotion(card) ? "x" : "xy"),
    begin(card) {
      place = at = null;
      dragged = together(card);
      stood = dragged.map(standing);
      for (const one of dragged) {
        one.classList.add("is-dragging");
        for (const glide of one.getAnimations()) glide.finish();
      }
      if (matchMedia("(pointer: coarse)").matches) say("Drag to the new place");
    },
    move(card, { x, y, dx, dy }) {
      const under = isEmotion(card) ? placeUnder(x, feelMiddle()) : placeUnder(x, y); // measure first, move then
      hold = () => dragged.forEach((one, index) => {
        const [x, y] = standing(one).map((length, axis) => stood[index][axis] - length);
        one.classList.add("is-dragging");
        one.style.translate = `${x + dx / scale()}px ${isEmotion(one) && !isEmotion(card) ? 0 : y + dy / scale()}px`;
      });
      hold();
      place = under && (under.row.id === "map-feel") === isEmotion(card) ? under : null;
      level = place && isEmotion(card) ? levelAfter(card, dy) : null;
      // The target is drawn anew only where it is another one: to move it costs a layout.
      const now = place && `${place.column} ${place.row.id} ${level}`;
      if (now === at) return;
      at = now;
      const shown = target();
      if (!place) return shown.remove();
      shown.textContent = level === null ? "" : FEELINGS[level];
      const box = boxOf(place);
      shown.style.cssText = `--x:${box.x};--y:${box.y};--h:${box.h}`;
      place.row.append(shown);
    },
    end(card, cancelled) {
      hold = null;
      target().remove();
      for (const one of dragged) one.classList.remove("is-dragging");
      if (cancelled || !place) settle(dragged);
      else drop(card, dragged, place, level);
    },
  });
  // What somebody else does to a card meanwhile does not take it out of the hand.
  map.addEventListener("map:refreshed", () => hold?.());
}

function feelMiddle() {
  const { top, height } = document.getElementById("map-feel").getBoundingClientRect();
  return top + height / 2;
}

function settle(cards) {
  for (const card of cards) {
    card.style.translate = "";
    card.classList.remove("is-pending");
  }
}

async function drop(card, cards, place, level) {
  for (const one of cards) one.classList.add("is-pending");
  const { stage, lane, slot } = place;
  const values = level === null ? { stage, lane, slot } : { stage, slot, level };
  if (cards.length === 1) offerBack(await act(`${card.dataset.element}move/`, values));
  else await act("selection/move/", { places: JSON.stringify(shifted(card, cards, place, level)) });
  settle(cards);
}
