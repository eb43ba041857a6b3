// The menu's way to what Ctrl+C and Ctrl+V do, for whoever points or touches.

import { mayEdit, say } from "./acts.js";
import { copySelection, lastCopied, paste, pasteLines } from "./clipboard.js";

const dialog = document.getElementById("lines-dialog");

document.addEventListener("click", (event) => {
  const button = mayEdit && event.target.closest("[data-copy], [data-paste], [data-paste-lines]");
  if (!button) return;
  if ("copy" in button.dataset) copySelection();
  else if ("pasteLines" in button.dataset) dialog.showModal();
  else if (lastCopied()) paste(lastCopied());
  else say("Nothing has been copied yet.", true);
});

dialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.value !== "paste") return dialog.close();
  const refused = dialog.querySelector("[data-refused]");
  const field = dialog.querySelector("textarea");
  const outcome = await pasteLines(field.value);
  refused.textContent = outcome?.ok ? "" : (outcome?.message ?? "Name a stage first: cards stand in stages.");
  if (!outcome?.ok) return field.focus();
  field.value = "";
  dialog.close();
});
