// "Save as a template": a dialog with its name and summary. One of that name is replaced only after it said so.

import { act } from "./acts.js";

const dialog = document.getElementById("template-dialog");
const form = dialog?.querySelector("form");
const replace = dialog?.querySelector("[data-replace]");
const refused = dialog?.querySelector("[data-refused]");

function offerToReplace(shown) {
  replace.hidden = !shown;
  if (!shown) form.elements.replace.checked = false;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open-template]")) return;
  refused.textContent = "";
  offerToReplace(false);
  dialog.showModal();
  form.elements.name.select();
});

form?.elements.name.addEventListener("input", () => {
  refused.textContent = "";
  offerToReplace(false);
});

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.value !== "save") return dialog.close();
  const outcome = await act("save-as-template/", new FormData(form));
  if (outcome.ok) return dialog.close();
  refused.textContent = outcome.message;
  offerToReplace(outcome.field === "replace");
  (outcome.field === "replace" ? form.elements.replace : form.elements[outcome.field] ?? form.elements.name).focus();
});
