// The dialog of Publish: what is new comes from the server each time; a note that was typed stays until it is published.

const dialog = document.getElementById("publish-dialog");
const note = () => dialog.querySelector("[name=note]");
let typed = "";
let act, base;

/** Throws where the server does not answer. */
async function load() {
  const answer = await fetch(`${base}publish/dialog/`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  dialog.innerHTML = await answer.text();
  if (note()) note().value = typed;
}

/** `send` is the door of the page to its map, `address` that of the map. */
export async function open(send, address) {
  [act, base] = [send, address];
  await load();
  if (!dialog.open) dialog.showModal();
  (note() ?? dialog.querySelector("button")).focus();
}

dialog.addEventListener("input", () => (typed = note()?.value ?? typed));

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.value !== "publish") return dialog.close();
  const outcome = await act("publish/", new FormData(event.target));
  if (outcome.ok) {
    typed = "";
    dialog.close();
    if (!outcome.waiting) document.dispatchEvent(new CustomEvent("live:published"));
    return;
  }
  // What somebody else has drawn meanwhile is shown before it is published.
  if (outcome.field === "seen") await load().catch(() => {});
  dialog.querySelector("[data-refused]").textContent = outcome.message;
});
