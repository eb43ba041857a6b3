// What one does with a selection: delete, duplicate, set a field, move it by menu. One act, one undo.

import { act, map, newId } from "./acts.js";
import { go, stand } from "./grid_keys.js";
import { shifted } from "./moving.js";
import { cardsAt, lanes, placeOf, rowOf } from "./places.js";
import { clear, select, selected, together } from "./selecting.js";

const listed = (cards) => JSON.stringify(cards.map((card) => card.dataset.element));
const bar = document.getElementById("selection");

/** Delete what is selected with `card`, or what is selected at all. */
export async function remove(card, cards = together(card)) {
  const at = card ?? cards[0];
  const column = Number(at.dataset.column);
  const row = rowOf(at);
  const alone = cards.length === 1;
  const outcome = alone ? await act(`${at.dataset.element}remove/`) : await act("selection/remove/", { elements: listed(cards) });
  if (!outcome.ok) return;
  clear();
  go(column, row);
}

/** Copies right of the originals; they become the selection, once they are there. */
export async function duplicate(cards) {
  const outcome = await act("selection/duplicate/", { id: newId(), elements: listed(cards) });
  if (outcome.ok) take(outcome.made);
}

export function take(ids = []) {
  const made = ids.map((id) => document.getElementById(`card-${id}`)).filter(Boolean);
  select(made.length > 1 ? made : []);
  if (made.length) stand(made[0]);
}

/** The leftmost of the uppermost goes to the first place from the stage's beginning where the group lands on free ground. */
async function moveTo(stageId, laneId) {
  const group = selected();
  const order = lanes();
  const rank = (card) => [order.indexOf(rowOf(card)) === -1 ? 1 : 0, Number(card.dataset.column)];
  const lead = [...group].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1])[0];
  const stage = document.getElementById(`stage-${stageId}`);
  const row = (lead.dataset.kind !== "emotion" && document.getElementById(`lane-${laneId}`)) || rowOf(lead);
  const first = Number(stage.dataset.first);
  let column = first;
  while (column < first + Number(stage.dataset.slots) - 1 && cardsAt(column, row).some((card) => !group.includes(card))) column++;
  await act("selection/move/", { places: JSON.stringify(shifted(lead, group, placeOf(column, row))) });
  document.getElementById(lead.id)?.scrollIntoView({ block: "nearest", inline: "center" });
}

/** The selection becomes a journey inside of one new card. */
async function turnIntoChild(form) {
  const { title } = form.elements;
  const outcome = await act("selection/turn-into-child/", { elements: listed(selected()), title: title.value });
  form.querySelector("[data-refused]").textContent = outcome.ok ? "" : outcome.message;
  if (!outcome.ok) return title.focus();
  form.closest("details").open = false;
  title.value = "";
  clear();
}

bar?.addEventListener("change", async (event) => {
  const field = event.target;
  if (!field.matches("[data-set]") || !field.value) return;
  const value = field.value === "nobody" ? "" : field.value;
  await act("selection/edit/", { elements: listed(selected()), [field.name]: value });
  field.value = "";
});

bar?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.target.matches("[data-turn-into-child]")) return turnIntoChild(event.target);
  const { stage, lane } = Object.fromEntries(new FormData(event.target));
  event.target.closest("details").open = false;
  moveTo(stage, lane);
});

bar?.addEventListener("click", (event) => {
  if (event.target.closest("[data-duplicate]")) duplicate(selected());
  if (event.target.closest("[data-remove-selection]")) remove(null, selected());
});

// The stages and lanes one may move to are those that the map has when the menu opens.
bar?.querySelector("[data-move-to]").addEventListener("toggle", (event) => {
  if (!event.target.open) return;
  const option = (value, text) => new Option(text, value);
  const { stage, lane } = event.target.querySelector("form").elements;
  const stages = [...map.querySelectorAll(".stage[id]")].sort((a, b) => a.dataset.first - b.dataset.first);
  stage.replaceChildren(...stages.map((one) => option(one.id.slice(6), one.dataset.name)));
  lane.replaceChildren(option("", "Same lane"), ...lanes().map((one) => option(one.id.slice(5), one.dataset.name)));
});

