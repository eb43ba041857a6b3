// Each field of a playbook is saved as one leaves it or rests, and says so. With it goes what it said when this page read it: who was
// quicker is not overwritten.

import { originOf, isDirty, setOrigin, setValue, valueOf } from "./field_values.js";
import { page, post, say } from "./playbook_post.js";

const REST = 900; // milliseconds
const resting = new Map(); // field -> timer
const sending = new Set();

const pathOf = (field) => {
  if (field.closest(".preview")) return null;
  const item = field.closest("[data-item]");
  if (item) return `${item.parentElement.dataset.items}/${item.dataset.item}/edit/`;
  return field.closest("[data-about]") && "edit/";
};

export async function save(field) {
  clearTimeout(resting.get(field));
  resting.delete(field);
  const path = pathOf(field);
  if (!path || !field.name || !field.isConnected || sending.has(field)) return;
  if (!field.validity.valid) return showError(field, field.validationMessage);
  if (!isDirty(field)) return showError(field, "");
  const [value, was] = [valueOf(field), originOf(field)];
  sending.add(field);
  say("Saving …");
  const outcome = await post(path, { [field.name]: value, [`was-${field.name}`]: was });
  sending.delete(field);
  say(outcome.ok ? "Saved" : outcome.offline ? outcome.message : "Not saved", !outcome.ok);
  if (outcome.ok) setOrigin(field, value);
  showError(field, outcome.ok ? "" : outcome.message, outcome.theirs);
  if (outcome.ok) show(field, outcome);
  if (outcome.ok && valueOf(field) !== value) save(field);
}

/** What follows from it: the guidance as it reads, placeholders that nobody knows, the address of a link. */
function show(field, { rendered = {}, unknown }) {
  const part = field.closest("[data-item], [data-about]");
  for (const [name, html] of Object.entries(rendered)) {
    const place = part.querySelector(`[data-rendered="${name}"]`);
    if (place) place.innerHTML = html; // the server has cleaned it
  }
  if (unknown) part.querySelector("[data-unknown]").replaceChildren(...unknown.map((one) => Object.assign(document.createElement("li"), { textContent: one })));
  if (field.name === "url") part.querySelector("[data-address]").href = field.value;
  wantPreview(part.querySelector("details[open] > .preview"));
}

function showError(field, message, theirs) {
  const spot = field.closest(".field");
  spot.querySelector(".field__error")?.remove();
  if (!message) return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  const note = Object.assign(document.createElement("div"), { className: "field__error", role: "alert" });
  note.append(message);
  if (theirs !== undefined) {
    const choice = (textContent, act) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent });
      button.addEventListener("click", () => (act(), showError(field, ""), save(field)));
      return button;
    };
    const text = Object.assign(document.createElement("q"), { textContent: theirs });
    setOrigin(field, theirs); // the next save begins with theirs; it waits until one has chosen
    note.append(" It says now: ", text, choice("Keep mine", () => {}), choice("Take theirs", () => setValue(field, theirs)));
  }
  spot.append(note);
}

const wantPreview = (preview) => preview?.dispatchEvent(new CustomEvent("preview:wanted"));
page.addEventListener("toggle", ({ target }) => target.open && wantPreview(target.querySelector(".preview")), true);

page.addEventListener("input", ({ target }) => {
  if (!pathOf(target) || target.matches("select") || target.closest(".field")?.querySelector("q")) return;
  clearTimeout(resting.get(target));
  resting.set(target, setTimeout(() => save(target), REST));
});
page.addEventListener("change", ({ target }) => pathOf(target) && !target.closest(".field")?.querySelector("q") && save(target));

const unsaved = () => [...page.querySelectorAll("input, select, textarea")].filter((field) => pathOf(field) && field.name && isDirty(field));
window.addEventListener("online", () => unsaved().forEach(save));
window.addEventListener("beforeunload", (event) => unsaved().length && event.preventDefault());
