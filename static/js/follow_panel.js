// The open panel shows what others did to its element, around the field one is typing in: that keeps focus, caret and text, and what it said
// when one began. What somebody has written into that very field stands below it.

import { tell } from "./deleted_notice.js";

const TYPED = "input:not([type=radio], [type=checkbox], [type=hidden]), select, textarea";
const nameOf = (field) => `[data-autosave="${field.form.dataset.autosave}"] [name="${field.name}"]`;

const PARTS = { touchpoints: "card", emotions: "card", stages: "stage", lanes: "lane", connectors: "wire", handoffs: "handoff" };

export async function follow(page, path, settled) {
  const { panel } = page;
  const [kind, id] = path.split("/");
  if (!document.getElementById(`${PARTS[kind]}-${id}`) && (await tell(page, path))) return;
  const answer = await fetch(page.map.dataset.base + path, { headers: { "HX-Request": "true" } });
  if (page.openedPath() !== path) return;
  if (answer.status === 404) return (await tell(page, path)) || page.closePanel();
  if (!answer.ok || answer.redirected) return;
  const html = await answer.text();
  if (page.openedPath() !== path) return;
  // What was typed before it was deleted waits there until one says what becomes of it.
  if (panel.querySelector(`[data-deleted="${path}"]`)) return panel.querySelector("[data-typed] textarea") || page.openPanel(path);
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const { held, differing, lost } = compare(page, fresh.content, settled);
  for (const form of lost) await tell(page, form.dataset.autosave.replace("edit/", ""));
  carryOver(panel, fresh.content);
  const notes = held.map((one) => [one, one.matches("form") ? [] : page.notesOf(one)]);
  for (const one of held) one.setAttribute("hx-morph-skip", "");
  await htmx.swap({ sourceElement: panel, target: panel, text: fresh.innerHTML, swap: "innerMorph settle:0" });
  for (const one of held) one.removeAttribute("hx-morph-skip");
  for (const [field, those] of notes) if (those.length) page.spotOf(field).after(...those);
  const isHeld = (field) => held.some((one) => one.contains(field));
  for (const field of panel.querySelectorAll("form[data-autosave] [name]")) if (!isHeld(field)) page.setValue(field, page.originOf(field));
  for (const form of panel.querySelectorAll("form[data-act-form]")) if (!isHeld(form)) form.reset();
  for (const field of held) if (field.id && !differing.some(([one]) => one === field)) page.showHint(field, "");
  await Promise.all(differing.map(([field, now]) => hint(page, field, now)));
}

/** What must not be touched: fields that save themselves one by one, other forms as a whole. And which of them say something else by now. */
function compare(page, fresh, settled) {
  const [held, differing, lost] = [new Set(), [], new Set()];
  for (const field of page.panel.querySelectorAll("form :is(input, select, textarea)[name]")) {
    const { form } = field;
    const isOpen = field === document.activeElement && field.matches(TYPED);
    if (form === settled || field.matches(":disabled") || field.type === "hidden" || !(isOpen || page.isDirty(field))) continue;
    if (!form.dataset.autosave) {
      held.add(form);
      continue;
    }
    if (held.has(field)) continue; // the next one of a group
    const counterpart = fresh.querySelector(nameOf(field));
    if (!counterpart) {
      if (page.isDirty(field)) lost.add(form);
      continue;
    }
    const now = page.originOf(counterpart);
    if (page.isSame(now, page.valueOf(field)) && !isOpen) continue; // saved, or somebody wrote the same
    if (page.isSame(now, page.valueOf(field))) page.setOrigin(field, now);
    else if (!page.isSame(now, page.originOf(field))) differing.push([field, now]);
    for (const one of form.elements) if (one.name === field.name) held.add(one);
  }
  return { held: [...held], differing, lost };
}

/** What the page itself has put into the panel, or unfolded there, stays. */
function carryOver(panel, fresh) {
  const saved = fresh.querySelector("[data-saved]");
  if (saved) saved.textContent = panel.querySelector("[data-saved]")?.textContent ?? "";
  for (const one of panel.querySelectorAll("[data-deleted], .gaps__back")) fresh.querySelector(".panel__head").after(one.cloneNode(true));
  const folded = [...fresh.querySelectorAll("details")];
  for (const one of panel.querySelectorAll("details[open]")) {
    const same = folded.find((other) => other.querySelector("summary")?.textContent === one.querySelector("summary")?.textContent);
    if (same) same.open = true;
  }
}

/** Below the field one is in: who has written what into it. Nothing is at stake where one has not typed: it follows when one leaves. */
async function hint(page, field, now) {
  const path = field.form.dataset.autosave.replace("edit/", "");
  const answer = await fetch(`${page.map.dataset.base}${path}last-edit/?field=${field.name}`);
  if (!answer.ok || !field.isConnected) return;
  const { by, says, is_mine: isMine } = await answer.json();
  if (!page.isDirty(field)) {
    if (isMine) {
      page.setOrigin(field, now);
      return page.setValue(field, now);
    }
    field.addEventListener("blur", () => page.isDirty(field) || follow(page, page.openedPath()), { once: true });
  }
  const text = says.length > 160 ? `${says.slice(0, 160)}…` : says;
  page.showHint(field, `${isMine ? "You changed this elsewhere" : `${by} changed this`} to “${text}”`);
}
