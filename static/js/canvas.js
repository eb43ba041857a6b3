// The canvas: binds the behaviours to the map and gives the keys their meaning.

import { act, map, mayEdit, size } from "./acts.js";
import "./card_keys.js";
import { open } from "./catch_card.js";
import "./catch_stage.js";
import "./chosen_playbook.js";
import "./drag_card.js";
import "./drag_order.js";
import "./drag_join.js";
import "./drop_sheet.js";
import "./edit_menu.js";
import "./feel_level.js";
import "./filtering.js";
import "./gap_tour.js";
import "./going.js";
import "./glide.js";
import { firstStop, stand, walk } from "./grid_keys.js";
import "./header_keys.js";
import "./here.js";
import "./keep_template.js";
import "./keys_dialog.js";
import "./lane_menu.js";
import "./live.js";
import "./looking_back.js";
import "./meanwhile.js";
import { step } from "./moving.js";
import "./offline.js";
import "./overview.js";
import "./pan_overview.js";
import { closePanel, openPanel } from "./panel.js";
import "./presenting.js";
import "./publishing.js";
import { rename } from "./rename_in_place.js";
import "./rename_journey.js";
import { clear, selectStage, toggle, together } from "./selecting.js";
import { duplicate, remove } from "./selection_acts.js";
import "./take_along.js";
import "./talking.js";
import "./zoom.js";

map.addEventListener("click", (event) => {
  const card = event.target.closest("[data-element]");
  if (!card || event.target.closest("textarea")) return;
  stand(card);
  if (mayEdit && (event.shiftKey || event.ctrlKey || event.metaKey)) return toggle(card);
  clear();
  openPanel(card.dataset.element);
});

map.addEventListener("keydown", (event) => {
  const element = event.target.closest("[data-element], .place");
  if (!element || event.target.matches("input, textarea")) return;
  if (event.ctrlKey || event.metaKey) return mayEdit && withControl(event, element);
  const isPlace = element.classList.contains("place");
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    if (event.shiftKey && !isPlace) mayEdit && step(element, event.key);
    else walk(element, event.key);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (isPlace) open(element);
    else openPanel(element.dataset.element, true);
  } else if (event.key === "F2" && !isPlace) rename(element);
  else if (event.key === "Delete" && !isPlace && mayEdit) remove(element);
  else if (event.key === "Escape") map.querySelector(".is-dragging") || clear() || closePanel();
  else if (event.key === " " && !isPlace && mayEdit) {
    event.preventDefault();
    toggle(element);
  } else if (event.key === "Insert" && mayEdit) act("slots/insert/", { stage: element.dataset.stage, slot: element.dataset.slot });
  else if (isPlace && event.key.length === 1 && event.key !== " ") {
    event.preventDefault();
    open(element, event.key);
  }
});

function withControl(event, element) {
  const key = event.key.toLowerCase();
  if (key !== "a" && key !== "d") return;
  event.preventDefault();
  if (key === "a") selectStage(element);
  else if (element.dataset.element) duplicate(together(element));
}

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || !mayEdit || event.target.matches("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "z" || key === "y") {
    event.preventDefault();
    act(event.shiftKey || key === "y" ? "redo/" : "undo/");
  }
});

size();
firstStop();
// A link may lead to a card, a stage or a lane.
if (location.hash) document.getElementById(location.hash.slice(1))?.dispatchEvent(new Event("map:go", { bubbles: true }));
