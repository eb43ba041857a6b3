// Two people at one field: what it said, what each made of it, side by side. Nothing is lost until one chooses: what was typed stays in
// its field, and in the browser if the panel closes.

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

// What was typed and could not be saved: [{path, name, value, told}]
const read = (page) => JSON.parse(sessionStorage.getItem(page.KEPT) ?? "[]");
const isOf = ({ path, name }) => (one) => one.path === path && one.name === name;

function write(page, rows) {
  if (rows.length) sessionStorage.setItem(page.KEPT, JSON.stringify(rows));
  else sessionStorage.removeItem(page.KEPT);
}
const forget = (page, which) => write(page, read(page).filter((one) => !isOf(which)(one)));
export const forgetAll = (page, path) => write(page, read(page).filter((one) => !one.path.startsWith(path)));
const keep = (page, row) => write(page, [...read(page).filter((one) => !isOf(row)(one)), row]);

export function fieldOf(page, { path, name }) {
  return page.panel.querySelector(`[data-autosave="${path}"] [name="${name}"]`);
}

function mark(page, field, row) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "linked", textContent: "Compare" });
  button.dataset.compare = JSON.stringify({ path: row.path, name: row.name });
  page.showError(field, `Not saved: ${row.told.by} changed it too. `, button);
}

/** A field was refused because of somebody else. Whoever types elsewhere already is not disturbed: the field says it. */
export function atField(page, { path, name, value, outcome }) {
  const row = { path, name, value, told: outcome };
  keep(page, row);
  const field = fieldOf(page, row);
  if (field) mark(page, field, row);
  if (!dialog.open && !page.isTypingElsewhere(field)) return open(page, row);
}

export function again(page, which) {
  const row = read(page).find(isOf(JSON.parse(which)));
  if (row && !dialog.open) open(page, row);
}

async function open(page, row) {
  const { path, name } = row;
  const outcome = await settle(row.told, async (value, theirs) => {
    const field = fieldOf(page, row);
    if (field) {
      page.setValue(field, value);
      value = page.valueOf(field); // one line, where the field has one
      page.setOrigin(field, value);
    }
    const sent = await page.act(path, new URLSearchParams(pairsOf(name, value, theirs)));
    if ("values" in sent) keep(page, { ...row, value, told: sent });
    if (!sent.ok && field) page.setOrigin(field, theirs);
    return sent;
  });
  const field = fieldOf(page, row);
  field?.focus();
  if (!outcome) return;
  if (!outcome.ok) return field && page.showError(field, outcome.message);
  forget(page, row);
  if (!field) return;
  page.setValue(field, outcome.value);
  page.setOrigin(field, page.valueOf(field));
  page.showError(field, "");
}

/** A panel has opened: what was typed into it and could not be saved is there again. */
export function restore(page, path) {
  for (const row of read(page)) {
    const field = row.path.startsWith(path) && fieldOf(page, row);
    if (!field || field.disabled) continue;
    if (page.isSame(page.originOf(field), row.value)) forget(page, row);
    else {
      page.setOrigin(field, row.told.values.was);
      page.setValue(field, row.value);
      mark(page, field, row);
    }
  }
}
