// Catch mode: press Enter or click on an empty place, type a title, Enter. The next place is ready for the next one.

import { act, map, mayEdit, newId, say } from "./acts.js";
import { go, hidePlace, placeElement, showPlace } from "./grid_keys.js";
import { cardsAt, columns, placeUnder, rows, stageAt } from "./places.js";
import { keepKeys, readKeys } from "./typed_ahead.js";

export function open(place, first = "") {
  if (!mayEdit || place.querySelector("input")) return;
  const input = Object.assign(document.createElement("input"), { className: "place__title", value: first, maxLength: 200 });
  input.setAttribute("aria-label", "Title");
  const label = place.textContent;
  place.replaceChildren(input);
  input.focus();
  const close = () => (place.textContent = label);

  input.addEventListener("keydown", async (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      close();
      place.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!input.value.trim()) {
        close();
        place.focus();
      } else await save(place, input, true);
    }
  });
  // Several lines are several cards.
  input.addEventListener("paste", async (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/\S.*\n.*\S/s.test(text)) return;
    event.preventDefault();
    const where = { stage: place.dataset.stage, slot: place.dataset.slot, lane: place.dataset.lane };
    const row = place.parentElement;
    const isFeel = row.id === "map-feel";
    if (isFeel) where.lane = "";
    input.readOnly = true;
    const outcome = await act("lines/paste/", { id: newId(), lines: input.value + text, ...where });
    input.readOnly = false;
    if (!outcome.ok) return;
    place.replaceChildren();
    place.remove();
    go(Number(place.dataset.column), row);
  });
  input.addEventListener("blur", () => {
    if (!place.contains(input) || input.readOnly) return;
    if (input.value.trim()) save(place, input, false);
    else {
      close();
      hidePlace();
    }
  });
}

async function save(place, input, goOn, keys = []) {
  if (input.readOnly) return;
  input.readOnly = true;
  const typed = keepKeys(input, keys);
  const { stage, lane, slot, column } = place.dataset;
  const row = place.parentElement;
  const isFeel = row.id === "map-feel";
  input.dataset.id ??= newId();
  Object.assign(input.dataset, { at: place.style.cssText, column });
  const { after = "", arrow = "sequence" } = input.dataset; // drawn from another card: see joining.js
  const values = { id: input.dataset.id, title: input.value, stage, slot, ...(after && { after, arrow }) };
  const outcome = isFeel ? await act("emotions/add/", { ...values, level: place.dataset.level }) : await act("touchpoints/add/", { ...values, lane });
  const ahead = typed();
  if (!outcome.ok) {
    // Nothing that was typed is lost: the field stays open and says why.
    input.readOnly = false;
    input.setAttribute("aria-invalid", "true");
    input.title = outcome.message;
    if (ahead.length) input.value += ` ${readKeys(ahead)[0]}`;
    if (!place.contains(input)) leaveUnsaved(input, row, outcome.message);
    else if (goOn) input.focus();
    return;
  }
  if (!place.contains(input)) return; // one has gone on elsewhere in the meantime
  place.replaceChildren();
  place.remove();
  if (goOn) goOnFrom(Number(column), row, ahead, outcome.waiting && Number(slot) + 1);
}

/** One has gone on elsewhere, and now this was refused: it stays where it was typed, and opens again on a click. */
function leaveUnsaved(input, row, message) {
  const left = Object.assign(document.createElement("button"), { className: "unsaved", textContent: input.value, title: message });
  left.style.cssText = input.dataset.at;
  left.addEventListener("click", (event) => {
    event.stopPropagation();
    left.remove();
    open(showPlace({ column: Number(input.dataset.column), row }), input.value);
  });
  row.append(left);
  say(`“${input.value}” was not saved. ${message}`, true);
}

/** To the next empty place of the row: on a card, what one types next would be taken for commands. */
function goOnFrom(column, row, keys, slot) {
  let next = column + 1;
  while (next < columns() && cardsAt(next, row).length) next++;
  // Only the server makes room at the end of a stage. Without it one goes on in the last column of the stage, not in the next stage.
  const isFull = slot && (next >= columns() || stageAt(next) !== stageAt(column));
  const place = isFull ? showPlace({ column, row }, true) : (go(next, row) ?? go(column, row));
  if (isFull && place) place.dataset.slot = slot;
  const [text, rest] = readKeys(keys);
  if (!keys.length || !place?.matches(".place")) return;
  open(place, text);
  if (rest && text.trim()) save(place, place.querySelector("input"), true, rest);
}

map.addEventListener("click", (event) => {
  if (!mayEdit) return;
  const place = event.target.closest(".place");
  if (place) return open(place);
  if (event.target.closest("[data-element], button, input, .wire, .map__head, .lane__label, .feel__label")) return;
  const under = placeUnder(event.clientX, event.clientY);
  if (under && rows().includes(under.row)) open(showPlace(under));
});

document.addEventListener("focusout", () => setTimeout(() => {
  const place = placeElement();
  if (place && !place.contains(document.activeElement) && !place.matches(":hover") && place.tabIndex !== 0) hidePlace();
}));
