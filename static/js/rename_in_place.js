// Rename a card where it stands: F2 or a double click. Enter saves, Esc takes it back.

import { act, map, mayEdit } from "./acts.js";
import { stand } from "./grid_keys.js";
import { compare, offerBack } from "./meanwhile.js";

/** `begun`: what was typed and refused, and what the title said before. */
export function rename(card, begun = null) {
  const title = card.querySelector(".card__title, .cloud__text");
  if (!mayEdit || !title || card.querySelector("textarea")) return;
  const titleNow = () => card.getAttribute("aria-label").split(`, ${card.dataset.kind}, `)[0];
  const shown = titleNow();
  const was = begun?.was ?? shown;
  const kept = [...card.childNodes];
  const input = Object.assign(document.createElement("textarea"), { className: "card__rename", value: begun?.text ?? shown, maxLength: 200 });
  input.setAttribute("aria-label", `Rename ${shown}`);
  // What somebody else does to the card meanwhile must not take the field away.
  card.setAttribute("hx-morph-skip-children", "");
  card.replaceChildren(input);
  input.select();
  let over = false;

  const finish = async (save, focus) => {
    if (over) return;
    over = true;
    const text = input.value;
    card.removeAttribute("hx-morph-skip-children");
    card.replaceChildren(...kept);
    if (titleNow() !== shown) title.lastChild.textContent = ` ${titleNow()}`; // somebody renamed it meanwhile
    if (focus) stand(card);
    if (!save || text.trim() === was || !text.trim()) return;
    const send = (title, before) => act(`${card.dataset.element}edit/`, { title: title.replace(/\s*\n\s*/g, " "), "was-title": before });
    let outcome = await send(text, was);
    if ("values" in outcome) outcome = (await compare(outcome, send)) ?? outcome;
    if (focus) document.getElementById(card.id)?.focus();
    if (outcome.deleted) offerBack(outcome);
    else if (!outcome.ok) rename(document.getElementById(card.id) ?? card, { text, was });
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") {
      event.preventDefault();
      finish(true, true);
    } else if (event.key === "Escape") finish(false, true);
  });
  input.addEventListener("blur", () => finish(true, false));
}

map.addEventListener("dblclick", (event) => {
  const card = event.target.closest("[data-element]");
  if (card) rename(card);
});
