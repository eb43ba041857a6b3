// Rename a card where it stands: F2 or a double click. Enter saves, Esc takes it back.

import { act, map, mayEdit } from "./acts.js";
import { stand } from "./grid_keys.js";

export function rename(card) {
  const title = card.querySelector(".card__title, .cloud__text");
  if (!mayEdit || !title || card.querySelector("textarea")) return;
  const was = card.getAttribute("aria-label").split(`, ${card.dataset.kind}, `)[0];
  const kept = [...card.childNodes];
  const input = Object.assign(document.createElement("textarea"), { className: "card__rename", value: was, maxLength: 200 });
  input.setAttribute("aria-label", `Rename ${was}`);
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
    if (focus) stand(card);
    if (!save || text.trim() === was || !text.trim()) return;
    const outcome = await act(`${card.dataset.element}edit/`, { title: text });
    if (focus) document.getElementById(card.id)?.focus();
    if (!outcome.ok) {
      rename(card);
      card.querySelector("textarea").value = text;
    }
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
