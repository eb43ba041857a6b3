// What others do while one has something open: its panel follows, one field is compared with theirs, what they deleted can be brought back.
// What does all that is loaded when it first happens, and gets from here what it needs of the page.

import { act, map, refresh, say } from "./acts.js";
import { isTypingElsewhere, notesOf, showError, showHint, spotOf } from "./autosave.js";
import { isDirty, isSame, originOf, setOrigin, setValue, valueOf } from "./field_values.js";
import { closePanel, openedPath, openMissing, openPanel } from "./panel.js";

const panel = document.getElementById("panel");
const KEPT = `kept ${map.dataset.base}`; // what was typed and could not be saved, in this tab
const page = { act, map, say, panel, closePanel, openedPath, openPanel, isTypingElsewhere, notesOf, showError, showHint, spotOf, isDirty, isSame, originOf, setOrigin, setValue, valueOf, KEPT };
const ELEMENT = /^(touchpoints|connectors|emotions|handoffs|stages|lanes)\/[^/]+\/$/;

const comparing = () => import("./compare_texts.js");
const keeping = () => import("./kept_texts.js");
const deleting = () => import("./deleted_notice.js");

/** Somebody was quicker: show both, and save what is chosen by `send(value, theirs)`. Resolves to null where one decides later. */
export async function compare(outcome, send) {
  return (await comparing()).settle(outcome, send);
}

/** An act was refused: if somebody has deleted what it was about, the panel says so and offers to bring it back. */
export function offerBack(outcome) {
  if (!outcome.deleted) return;
  openMissing(outcome.deleted);
  refresh();
}

let running = false;
let next = null;

/** Bring the open panel up to date around what is being typed in it. `settled`: a form that has just been sent. One after the other. */
async function follow(path, settled) {
  next = { path, settled: settled ?? next?.settled };
  if (running) return;
  running = true;
  while (next) {
    const { path, settled } = next;
    next = null;
    try {
      await (await import("./follow_panel.js")).follow(page, path, settled);
    } catch {
      say("No connection: what is open beside the map may be out of date.", true);
    }
  }
  running = false;
}

/** Whether what has changed, a Set of addresses, is shown in the panel of `path`. */
function concerns(path, changed) {
  if (!changed || changed.has(path)) return true;
  const kinds = path.startsWith("touchpoints") ? /^(connectors|handoffs|stages|lanes)/ : /^(connectors|handoffs)/.test(path) ? /^touchpoints/ : null;
  return [...changed].some((one) => kinds?.test(one) || panel.querySelector(`[data-open="${one}"]`));
}

// The event may name what has changed: detail.changed, a Set of addresses.
map.addEventListener("map:refreshed", ({ detail }) => {
  const path = openedPath();
  if (ELEMENT.test(path) && panel.firstElementChild && concerns(path, detail?.changed)) follow(path);
});

panel.addEventListener("panel:stale", ({ detail: { path, settled } }) => (ELEMENT.test(path) ? follow(path, settled) : openPanel(path)));

panel.addEventListener("panel:missing", async ({ detail: { path } }) => (ELEMENT.test(path) && (await (await deleting()).tell(page, path))) || closePanel());

panel.addEventListener("panel:opened", async ({ detail: { path } }) => sessionStorage.getItem(KEPT) && (await keeping()).restore(page, path));

panel.addEventListener("field:refused", async ({ detail }) => {
  if (detail.outcome.deleted) (await deleting()).tell(page, detail.outcome.deleted, detail);
  else if ("theirs" in detail.outcome) (await keeping()).atField(page, detail);
});

panel.addEventListener("form:refused", async ({ detail: { form, outcome } }) => {
  if (outcome.deleted) return (await deleting()).tell(page, outcome.deleted);
  const { pairsOf, settle } = await comparing();
  const settled = await settle(outcome, (value, theirs) => act(form.dataset.actForm, new URLSearchParams(pairsOf(outcome.field, value, theirs))));
  if (settled?.ok) follow(openedPath(), form);
  else showError(form.querySelector("input:not([type=hidden])"), settled ? settled.message : outcome.message);
});

panel.addEventListener("click", async ({ target }) => {
  const [compared, back] = [target.closest("[data-compare]"), target.closest("[data-bring-back]")];
  if (compared) (await keeping()).again(page, compared.dataset.compare);
  if (back) (await deleting()).bringBack(page, back.closest("[data-deleted]"));
  if (target.closest("[data-dismiss]")) target.closest("[data-deleted]").remove();
});
