// Letters on a card: t, m and e say what it is, * marks a moment of truth, c connects it, h hands it over.

import { act, map, mayEdit } from "./acts.js";
import { offerBack } from "./meanwhile.js";
import { together } from "./selecting.js";
import { begin } from "./walk_join.js";

const KINDS = { t: "touchpoint", m: "milestone", e: "event" };

map.addEventListener("keydown", (event) => {
  const card = event.target.closest(".card");
  if (!card || !mayEdit || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  const isTruth = Boolean(card.querySelector(".card__star"));
  if (KINDS[key]) set(card, { kind: KINDS[key] }, { "was-kind": card.dataset.kind });
  else if (key === "*") set(card, { moment_of_truth: !isTruth }, { "was-moment_of_truth": isTruth });
  else if (key === "c" || key === "h") begin(key === "c" ? "connect" : "hand", card);
  else return;
  event.preventDefault();
});

/** On the card, or on all cards that are selected with it. */
async function set(card, values, was) {
  const cards = together(card).filter((one) => one.matches(".card"));
  const path = card.dataset.element;
  if (cards.length === 1) offerBack(await act(`${path}edit/`, { ...values, ...was }));
  else await act("selection/edit/", { elements: JSON.stringify(cards.map((one) => one.dataset.element)), ...values });
}
