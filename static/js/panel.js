// The panel beside the canvas: opens for an element, and does what its buttons and small forms say. Its fields save themselves: autosave.js.

import { act, map, say } from "./acts.js";
import { saveNow, showError } from "./autosave.js";

const panel = document.getElementById("panel");
let opened = null;
let openedBy = null;
let turn = 0;
let loading = null;
let shown = null; // what the panel was opened for last

const tell = (type, detail) => panel.dispatchEvent(new CustomEvent(type, { detail }));
export const openedPath = () => opened;

/** `focus`: true for the first field, or the name of one. */
export async function openPanel(path, focus = false) {
  saveNow();
  if (!panel.contains(document.activeElement)) openedBy = document.activeElement;
  opened = path;
  // One request at a time; of those that waited, only the last one matters.
  const mine = ++turn;
  await loading;
  if (mine !== turn) return;
  // Without settling: it gives a new field the attributes of an old one of its id for a moment, and radios end up unchecked.
  loading = htmx.ajax("GET", map.dataset.base + path, { source: panel, target: panel, swap: "innerHTML settle:0" });
  await loading;
  if (!opened) panel.replaceChildren(); // closed before it was there
  if (mine !== turn) return;
  if (path !== shown) panel.scrollTop = 0; // what is opened anew comes from its beginning
  shown = path;
  select();
  const named = typeof focus === "string" && panel.querySelector(`[name="${focus}"]:enabled`);
  if (named) named.focus();
  else if (focus === true) (panel.querySelector("input:not([type=radio], [type=checkbox]), select, textarea") ?? panel.querySelector("button"))?.focus();
  tell("panel:opened", { path, focus });
}

// What is not there any more leaves no panel, or a word about who deleted it; what could not be fetched says so.
panel.addEventListener("htmx:response:error", ({ target }) => target === panel && tell("panel:missing", { path: opened }));
panel.addEventListener("htmx:error", () => say("No connection. Try again.", true));

/** For what is known to be deleted: the panel says by whom. */
export function openMissing(path) {
  saveNow();
  openedBy = document.activeElement;
  opened = path;
  turn++;
  select();
  tell("panel:missing", { path });
}

export function closePanel() {
  saveNow();
  if (panel.contains(document.activeElement)) document.activeElement.blur(); // what is typed there is saved
  opened = shown = null;
  turn++;
  panel.replaceChildren();
  tell("panel:closed");
  select();
  if (openedBy?.isConnected) openedBy.focus();
}

function select() {
  map.querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (opened) map.querySelector(`[data-element="${opened}"], .wire[data-open="${opened}"]`)?.setAttribute("aria-current", "true");
}

panel.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target.closest("[data-act-form]");
  if (!form) return document.activeElement?.blur();
  const outcome = await act(form.dataset.actForm, new FormData(form, event.submitter));
  if (outcome.waiting) return; // there is nothing newer to show
  if (outcome.ok) tell("panel:stale", { path: opened, settled: form });
  else if (outcome.deleted || "theirs" in outcome) tell("form:refused", { form, outcome });
  else showError(form.querySelector(`[name="${outcome.field}"]`) ?? form.querySelector("select, input"), outcome.message);
});

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) return openPanel(opener.dataset.open, event.detail === 0);
  if (event.target.closest("[data-close-panel]")) return closePanel();
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  const outcome = await act(button.dataset.act, JSON.parse(button.dataset.values ?? "{}"));
  if (outcome.deleted) return openMissing(outcome.deleted);
  if (!outcome.ok) return;
  if (outcome.goes) return location.assign(outcome.goes);
  if ("closes" in button.dataset) closePanel();
  else if (opened && panel.contains(button) && !outcome.waiting) tell("panel:stale", { path: opened });
});

panel.addEventListener("keydown", (event) => event.key === "Escape" && closePanel());
map.addEventListener("map:refreshed", select); // what else the panel does then: meanwhile.js
