// What was typed into a field that somebody else has changed too: it stays there, marked, and in this tab if the panel closes, until one has
// chosen what becomes of it.

import { pairsOf, settle } from "./compare_texts.js";

// [{path, name, value, told}]
const read = (page) => JSON.parse(sessionStorage.getItem(page.KEPT) ?? "[]");
const comparing = () => document.querySelector("dialog[open]");
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
  if (!comparing() && !page.isTypingElsewhere(field)) return open(page, row);
}

export function again(page, which) {
  const row = read(page).find(isOf(JSON.parse(which)));
  if (row && !comparing()) open(page, row);
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
    if (!field || field.matches(":disabled")) continue;
    if (page.isSame(page.originOf(field), row.value)) forget(page, row);
    else {
      page.setOrigin(field, row.told.values.was);
      page.setValue(field, row.value);
      mark(page, field, row);
    }
  }
}
