// From gap to gap: a click in the list of what is missing goes there with the field in hand, and a link leads back to the list.

import { map, mayEdit, say } from "./acts.js";
import { go, stand } from "./grid_keys.js";
import { openPanel } from "./panel.js";
import { feel, lanes } from "./places.js";

const LIST = "gaps/";
const panel = document.getElementById("panel");
const count = document.getElementById("gap-count");
const unfolded = new Set(); // groups that were open stay open when the list comes anew
let visited = null; // {id, index} of the gap one has gone to; the list puts the focus there when one comes back

const rows = () => [...panel.querySelectorAll("[data-gap]")];
const placeOf = (row) => ({ id: row.dataset.gap, index: rows().indexOf(row) });

/** The card, cloud, stage or curve that a path names. */
function find(near) {
  if (near === "feel") return feel();
  if (near.startsWith("stages/")) return document.getElementById(`stage-${near.slice(7, -1)}`);
  return map.querySelector(`[data-element="${near}"]`);
}

function reveal(element) {
  // On a small screen the panel covers the lower part of the map.
  const block = element.closest(".stage, .feel") ? "nearest" : matchMedia("(max-width: 700px)").matches ? "start" : "center";
  const top = map.parentElement.scrollTop;
  element.scrollIntoView({ block, inline: element.matches(".stage") ? "start" : "center" });
  if (element.closest(".feel")) map.parentElement.scrollTop = top;
}

/** Where there is no field to fill in, one stands where something can be added. */
function standAt(element) {
  const { element: isCard, first, slots } = element.dataset;
  if (isCard) stand(element);
  else if (element === feel()) go(0, element);
  else if (mayEdit) go(Number(first) + Number(slots) - 1, lanes()[1] ?? lanes()[0]);
  else element.querySelector("button").focus({ preventScroll: true });
}

async function visit(row) {
  const { go: path, field, near } = row.dataset;
  visited = placeOf(row);
  const element = near && find(near);
  if (element) reveal(element);
  if (path) await openPanel(path, field || false);
  else visited = null; // the list stays where it is
  if (!field && element) standAt(element);
  else if (!panel.contains(document.activeElement)) panel.querySelector(".gaps__back")?.focus();
}

function backOnTheList(focus) {
  for (const group of panel.querySelectorAll("details[id]")) group.open = unfolded.has(group.id);
  if (!visited && !focus) return;
  const row = rows().find((one) => one.dataset.gap === visited?.id) ?? rows()[Math.min(visited?.index ?? 0, rows().length - 1)];
  visited = null;
  const group = row?.closest("details[id]");
  if (group) group.open = true;
  (row ?? document.getElementById("gaps-title")).focus();
}

panel.addEventListener("panel:opened", ({ detail: { path, focus } }) => {
  if (path === LIST) return backOnTheList(focus);
  if (!visited) return;
  const back = Object.assign(document.createElement("button"), { className: "button button--quiet gaps__back", textContent: "← Back to the gaps" });
  back.dataset.open = LIST;
  panel.querySelector(".panel__head").after(back);
});
panel.addEventListener("panel:closed", () => (visited = null));
panel.addEventListener("toggle", ({ target }) => target.id && unfolded[target.open ? "add" : "delete"](target.id), true);
panel.addEventListener("click", (event) => {
  const row = event.target.closest("[data-gap]");
  if (row) visit(row);
});

// An act may mend a gap or open one: the list comes anew, unless one is typing in it.
map.addEventListener("map:refreshed", () => {
  if (!document.getElementById("gaps") || panel.querySelector("input:focus")) return;
  const at = document.activeElement.closest("#panel .gap")?.querySelector("[data-gap]");
  visited = at ? placeOf(at) : null;
  openPanel(LIST);
});

count.addEventListener("htmx:after:swap", () => visited && say(`Gaps: ${count.textContent.trim()}`));
