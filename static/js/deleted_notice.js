// What one had open is deleted: the panel says by whom, keeps what was typed, and offers to bring it back with that.

import { ask, pairsOf } from "./compare_texts.js";
import { forgetAll } from "./kept_texts.js";

/** What is typed and not saved in the forms of an element: [{label, said, pairs}], where `pairs` are what is sent. */
function typedIn(page, path, refused) {
  const found = new Map();
  if (refused && refused.path === `${path}edit/`) found.set(refused.name, row(page, refused.field, refused.value));
  for (const field of page.panel.querySelectorAll(`[data-autosave="${path}edit/"] [name]`)) {
    if (!field.matches(":disabled") && !found.has(field.name) && page.isDirty(field)) found.set(field.name, row(page, field, page.valueOf(field)));
  }
  const pack = page.panel.querySelector(`[data-act-form="${path}package/"]`);
  if (pack && [...pack.elements].some((field) => field.name && field.type !== "hidden" && page.isDirty(field))) {
    const pairs = [...new FormData(pack)];
    found.set("package", { label: "The package", said: pairs.filter(([name, value]) => !name.startsWith("was-") && value).map(([, value]) => value).join("\n"), pairs });
  }
  return [...found.values()];
}

function row(page, field, value) {
  const label = field.labels?.[0]?.textContent.trim() || field.getAttribute("aria-label") || field.name;
  const said = field.matches("select") ? [...field.options].find((one) => one.value === value)?.text : value;
  return { label, said: said ?? value, pairs: [[field.name, value], [`was-${field.name}`, page.originOf(field)]] };
}

/** Resolves to whether it is deleted. `refused`: the field that could not be saved because of it, {field, path, name, value}. */
export async function tell(page, path, refused) {
  const { panel } = page;
  if (panel.querySelector(`[data-deleted="${path}"]`)) return true;
  const typed = typedIn(page, path, refused);
  const wasOpen = panel.querySelector(`[data-autosave="${path}edit/"]`);
  const answer = await fetch(`${page.map.dataset.base}${path}deleted/`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return false;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  const notice = holder.content.querySelector("[data-deleted]");
  if (!notice) return false;
  if (page.openedPath() !== path && !typed.length) return true;
  // One's own act closes the panel, as it always did.
  if ("mine" in notice.dataset && !typed.length) {
    if (page.openedPath() === path) page.closePanel();
    return true;
  }
  notice.querySelector("[data-while]").hidden = !wasOpen;
  if (typed.length) {
    notice.querySelector("[data-typed]").hidden = false;
    notice.querySelector("[data-typed]").append(...typed.map(shown));
    notice.querySelector("[data-with-text]")?.removeAttribute("hidden");
    notice.dataset.pairs = JSON.stringify(typed.flatMap((one) => one.pairs));
  }
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  if (page.openedPath() === path || !panel.firstElementChild) panel.replaceChildren(holder.content);
  else {
    notice.querySelector("[data-close-panel]").replaceWith(dismissal());
    panel.querySelector(".panel__head").after(notice);
  }
  page.say(notice.querySelector("h2").textContent, true);
  if (hadFocus) notice.querySelector("h2").focus();
  return true;
}

function shown({ label, said }) {
  const field = Object.assign(document.createElement("label"), { className: "field", textContent: label });
  const text = Object.assign(document.createElement("textarea"), { readOnly: true, defaultValue: said, rows: 2 });
  field.append(text);
  return field;
}

function dismissal() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Dismiss" });
  button.dataset.dismiss = "";
  return button;
}

const without = (pairs, field) => {
  const names = field === "package" ? ["item", "where", "reader", "was-package"] : [field, `was-${field}`];
  return pairs.filter(([name]) => !names.includes(name));
};

export async function bringBack(page, notice) {
  const path = notice.dataset.deleted;
  const send = (pairs) => page.act(`${path}bring-back/`, new URLSearchParams(pairs));
  let pairs = JSON.parse(notice.dataset.pairs ?? "[]");
  let outcome = await send(pairs);
  // A text that had changed before it went is a choice too.
  while ("values" in outcome) {
    const { field, values } = outcome;
    const chosen = await ask(outcome);
    if (!chosen) return;
    pairs = without(pairs, field);
    if (!chosen.theirs) pairs.push(...pairsOf(field, chosen.value, values.theirs));
    outcome = await send(pairs);
  }
  if (!outcome.ok) return void (notice.querySelector("[data-refused]").textContent = outcome.message);
  forgetAll(page, path);
  notice.remove();
  const opened = page.openedPath();
  if (!opened || opened === path) page.openPanel(path, true);
}
