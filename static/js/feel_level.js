// How high one points in the row of feelings is how it feels there; a level typed in front of the words, "-2 nervous", counts more.

import { map } from "./acts.js";
import { FEELINGS } from "./drag_card.js";
import { placeElement } from "./grid_keys.js";
import { feel } from "./places.js";

const [HEIGHT, MIDDLE, LEVEL] = [148, 74, 22];

function levelAt(y) {
  const box = feel().getBoundingClientRect();
  const down = ((y - box.top) * HEIGHT) / box.height; // whatever the zoom
  return Math.min(Math.max(Math.round((MIDDLE - down) / LEVEL), -2), 2);
}

function lift(event, change) {
  const place = placeElement();
  if (place?.parentElement !== feel() || event.target.closest("[data-element]")) return;
  const level = levelAt(event.clientY);
  if (!change(place, FEELINGS[level])) return;
  place.dataset.level = level;
  place.style.setProperty("--y", 44 - level * LEVEL);
}

map.addEventListener("pointermove", (event) => lift(event, (place, name) => {
  if (place.querySelector("input") || place === document.activeElement) return false;
  place.textContent = `+ ${name}`;
  return true;
}));

map.addEventListener("click", (event) => lift(event, (place, name) => {
  const input = event.target !== place.querySelector("input") && place.querySelector("input");
  if (input) input.placeholder = name;
  return Boolean(input);
}));
