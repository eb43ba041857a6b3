// Each field of the panel is saved as one leaves it, and says so.

import { act, mayEdit } from "./acts.js";

const panel = document.getElementById("panel");

// By keyboard one walks past choices one does not mean: they are saved when one rests on one or leaves.
const REST = 600; // milliseconds
let keyAt = 0;
let waiting = null;

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

async function save(field, form) {
  const value = field.type === "checkbox" ? String(field.checked) : field.value;
  const saved = panel.querySelector("[data-saved]");
  saved.textContent = "Saving …";
  const outcome = await act(form.dataset.autosave, { [field.name]: value });
  showError(field, outcome.ok ? "" : outcome.message);
  saved.textContent = outcome.waiting ? "Waits for the connection" : outcome.ok ? "Saved" : "Not saved";
}

export function showError(field, message) {
  const id = `${field.id}_refused`;
  document.getElementById(id)?.remove();
  field.toggleAttribute("aria-invalid", Boolean(message));
  if (!message) return field.removeAttribute("aria-describedby");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
  field.after(Object.assign(document.createElement("p"), { id, className: "field__error", textContent: message }));
}
