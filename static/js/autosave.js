// Each field of the panel is saved as one leaves it, and says so. With it goes what it said when this page read it: who was quicker is not overwritten.

import { act, mayEdit } from "./acts.js";
import { originOf, setOrigin, valueOf } from "./field_values.js";

const panel = document.getElementById("panel");

// By keyboard one walks past choices one does not mean: they are saved when one rests on one or leaves.
const REST = 600; // milliseconds
let keyAt = 0;
let waiting = null;

let typed = { field: null, at: 0 };
panel.addEventListener("input", ({ target }) => (typed = { field: target, at: Date.now() }));
/** Whether one is writing into another field just now: nothing may come in between. */
export const isTypingElsewhere = (field) => typed.field !== field && typed.field === document.activeElement && Date.now() - typed.at < 3000;

export function saveNow() {
  clearTimeout(waiting?.timer);
  const field = waiting?.field;
  waiting = null;
  if (field) save(field, field.closest("[data-autosave]"));
}

panel.addEventListener("keydown", () => (keyAt = Date.now()), true);
panel.addEventListener("focusout", saveNow);
panel.addEventListener("change", (event) => {
  const field = event.target;
  const form = field.closest("[data-autosave]");
  if (!form || !field.name || !mayEdit) return;
  if (waiting?.field.name !== field.name) saveNow();
  clearTimeout(waiting?.timer);
  waiting = null;
  const isWalking = field.matches("select, [type=radio], [type=date]") && Date.now() - keyAt < 100;
  if (isWalking) waiting = { field, timer: setTimeout(saveNow, REST) };
  else save(field, form);
});

const sending = new Map(); // address and name of a field that is being saved -> whether it has changed again meanwhile

/** One at a time of each field: the next edit begins with what this one has saved. */
async function save(field, form) {
  const path = form.dataset.autosave;
  const key = path + field.name;
  if (sending.has(key)) return sending.set(key, true);
  const [value, was] = [valueOf(field), originOf(field)];
  if (value === was) return showError(field, "");
  sending.set(key, false);
  const saved = panel.querySelector("[data-saved]");
  saved.textContent = "Saving …";
  setOrigin(field, value); // what comes back from the map while this is on its way is one's own
  const outcome = await act(path, { [field.name]: value, [`was-${field.name}`]: was });
  const changed = sending.get(key);
  sending.delete(key);
  if (!outcome.ok && originOf(field) === value) setOrigin(field, was);
  showError(field, outcome.ok ? "" : outcome.message);
  saved.textContent = outcome.waiting ? "Waits for the connection" : outcome.ok ? "Saved" : "Not saved";
  // Refused because of somebody else: meanwhile.js knows what to do, wherever the field is by now.
  if (!outcome.ok) panel.dispatchEvent(new CustomEvent("field:refused", { detail: { field, path, name: field.name, value, outcome } }));
  else if (changed && valueOf(field) !== value) save(field, form);
}

/** Where the notes about a field stand: below what it is part of. */
export const spotOf = (field) => field.closest(".segmented, .sentence, .meaning__truth, .arrow fieldset") ?? field;

export const notesOf = (field) => [...panel.querySelectorAll(`[data-note="${field.id}"]`)];

function note(field, part, className, ...content) {
  const made = Object.assign(document.createElement("p"), { id: `${field.id}_${part}`, className });
  made.append(...content);
  made.dataset.note = field.id;
  spotOf(field).after(made);
  return made;
}

export function showError(field, message, ...more) {
  for (const one of notesOf(field)) one.remove();
  field.toggleAttribute("aria-invalid", Boolean(message));
  if (!message) return field.removeAttribute("aria-describedby");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", note(field, "refused", "field__error", message, ...more).id);
}

/** Said beside what one is doing, and in one's own time. */
export function showHint(field, text) {
  document.getElementById(`${field.id}_hint`)?.remove();
  if (text) note(field, "hint", "hint", text).setAttribute("role", "status");
}
