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

/** Who travels an earlier version may be moved over: the dialog goes on with that, where there is anybody. */
async function offer() {
  const answer = await fetch(`${base}move-over/offer/`, { headers: { "HX-Request": "true" } }).catch(() => null);
  const words = answer?.ok && !answer.redirected ? (await answer.text()).trim() : "";
  if (!words) return dialog.close();
  dialog.innerHTML = `<form class="stack" method="dialog">${words}<div><button class="button" value="cancel">Later</button></div></form>`;
  dialog.querySelector("a").focus();
}

dialog.addEventListener("input", () => (typed = note()?.value ?? typed));

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.submitter?.value !== "publish") return dialog.close();
  const outcome = await act("publish/", new FormData(event.target));
  if (outcome.ok) {
    typed = "";
    if (outcome.waiting) return dialog.close();
    document.dispatchEvent(new CustomEvent("live:published"));
    return offer();
  }
  // What somebody else has drawn meanwhile is shown before it is published.
  if (outcome.field === "seen") await load().catch(() => {});
  dialog.querySelector("[data-refused]").textContent = outcome.message;
});
