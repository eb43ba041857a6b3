// Two people at one field: what it said, what each made of it, side by side, to choose or to write it together.

const dialog = document.getElementById("compare-dialog");
const part = (name) => dialog.querySelector(`[data-${name}]`);
const TAGS = { new: "ins", gone: "del", same: "span" };

function fill(element, pieces) {
  const made = pieces.map(([mark, text]) => Object.assign(document.createElement(TAGS[mark]), { textContent: text }));
  element.replaceChildren(...(pieces.some(([mark, text]) => mark !== "gone" && text) ? made : [...made, "Nothing"]));
}

/** Resolves to {theirs: true} or {value}; null where one decides later. */
export function ask(told) {
  part("title").textContent = `${told.by} changed “${told.label}” too`;
  part("about").textContent = [told.called, told.ago].filter(Boolean).join(", ");
  part("was").textContent = told.was || "Nothing";
  part("by").textContent = told.by;
  fill(part("theirs"), told.marks.theirs);
  fill(part("yours"), told.marks.yours);
  part("together").hidden = part("legend").hidden = !told.is_text;
  const text = dialog.querySelector("textarea");
  text.value = told.merged ?? told.yours;
  part("proposal").textContent = told.merged === null ? "It begins with yours." : "A proposal: both changes together. They do not touch the same words.";
  dialog.returnValue = "";
  dialog.showModal();
  (told.is_text ? text : part("title")).focus(); // not on a button: who still types must not choose by it
  return new Promise((resolve) => {
    const chosen = () => ({ theirs: { theirs: true }, mine: { value: told.values.yours }, together: { value: text.value } })[dialog.returnValue] ?? null;
    dialog.addEventListener("close", () => resolve(chosen()), { once: true });
  });
}

/** Ask until it is saved, or until one decides later (null). `send(value, theirs)` saves over theirs and may meet a third one. */
export async function settle(told, send) {
  for (;;) {
    const chosen = await ask(told);
    if (!chosen || chosen.theirs) return chosen && { ok: true, theirs: true, value: told.values.theirs };
    const outcome = await send(chosen.value, told.values.theirs);
    if (!("values" in outcome)) return { ...outcome, value: chosen.value };
    told = outcome;
  }
}

/** What is sent to save `value` over `theirs`. A package goes as its rows. */
export function pairsOf(name, value, theirs) {
  if (name !== "package") return [[name, value], [`was-${name}`, theirs]];
  return [...value.flatMap((row) => Object.entries(row)), ["was-package", JSON.stringify(theirs)]];
}
