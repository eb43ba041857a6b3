// The canvas: binds the behaviours to the map and gives the keys their meaning.

import { act, map, mayEdit, size } from "./acts.js";
import { open } from "./catch_card.js";
import "./catch_stage.js";
import "./drag_card.js";
import "./drag_order.js";
import { firstStop, go, stand, walk } from "./grid_keys.js";
import { closePanel, openPanel } from "./panel.js";
import { columns, placeOf, rows } from "./places.js";
import { rename } from "./rename_in_place.js";

map.addEventListener("click", (event) => {
  const card = event.target.closest("[data-element]");
  if (!card || event.target.closest("textarea")) return;
  stand(card);
  openPanel(card.dataset.element);
});

map.addEventListener("keydown", (event) => {
  const element = event.target.closest("[data-element], .place");
  if (!element || event.target.matches("input, textarea") || event.ctrlKey || event.metaKey) return;
  const isPlace = element.classList.contains("place");
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    if (event.shiftKey && !isPlace) move(element, event.key);
    else walk(element, event.key);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (isPlace) open(element);
    else openPanel(element.dataset.element, true);
  } else if (event.key === "F2" && !isPlace) rename(element);
  else if (event.key === "Delete" && !isPlace && mayEdit) remove(element);
  else if (event.key === "Escape") closePanel();
  else if (isPlace && event.key.length === 1 && event.key !== " ") {
    event.preventDefault();
    open(element, event.key);
  }
});

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Shift and an arrow: one place on. On the curve, up and down change how it feels. */
async function move(card, key) {
  if (!mayEdit) return;
  const [dx, dy] = STEPS[key];
  const all = rows();
  const row = card.closest(".lane, .feel");
  const column = Math.min(Math.max(Number(card.dataset.column) + dx, 0), columns() - 1);
  const isFeel = row.id === "map-feel";
  const next = isFeel ? row : all[Math.min(Math.max(all.indexOf(row) + dy, 0), all.length - 2)];
  const place = placeOf(column, next);
  const values = { stage: place.stage, lane: place.lane, slot: place.slot };
  if (isFeel && dy) {
    const level = Number(card.querySelector("b").textContent.replace("−", "-"));
    values.level = Math.min(Math.max(level - dy, -2), 2);
  }
  await act(`${card.dataset.element}move/`, values);
  stand(document.getElementById(card.id));
}

async function remove(card) {
  const column = Number(card.dataset.column);
  const row = card.closest(".lane, .feel");
  const outcome = await act(`${card.dataset.element}remove/`);
  if (outcome.ok) go(column, row);
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || !mayEdit || event.target.matches("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "z" || key === "y") {
    event.preventDefault();
    act(event.shiftKey || key === "y" ? "redo/" : "undo/");
  }
});

document.querySelector("[data-open-rename]")?.addEventListener("click", () => {
  const heading = document.getElementById("journey-title");
  const was = heading.textContent;
  const input = Object.assign(document.createElement("input"), { value: was, maxLength: 200 });
  input.setAttribute("aria-label", "Title of the journey");
  heading.replaceChildren(input);
  input.select();
  const finish = async (save) => {
    input.onblur = null;
    const title = input.value.trim();
    heading.textContent = save && title ? title : was;
    if (save && title && title !== was && !(await act("rename/", { title })).ok) heading.textContent = was;
  };
  input.onkeydown = (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  };
  input.onblur = () => finish(true);
});

size();
firstStop();
