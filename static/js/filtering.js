// A filter: cards that match stand out, the others step back, still there and within reach. Kept in the address, so that a link brings it along.

import { map, say } from "./acts.js";

const form = document.querySelector("[data-filter]");
const shown = document.querySelector("[data-filter-shown]");
const clear = document.querySelector("[data-clear-filter]");
const boxes = [...form.elements].filter((one) => one.type === "checkbox");

/** The values that are ticked, a list for each group: one of each list must be so. */
function wanted() {
  const groups = {};
  for (const { name, value, checked } of boxes) if (checked) (groups[name] ??= []).push(value);
  return Object.values(groups);
}

function apply() {
  const groups = wanted();
  const cards = map.querySelectorAll(".card");
  const stand = new Set();
  for (const card of cards) {
    const traits = card.dataset.f.split(" ");
    const fits = groups.every((values) => values.some((value) => traits.includes(value)));
    card.toggleAttribute("data-dim", !fits);
    if (fits) stand.add(card.id.slice(-8));
  }
  for (const wire of map.querySelectorAll("[data-ends]")) {
    wire.toggleAttribute("data-dim", !wire.dataset.ends.split(" ").every((end) => stand.has(end)));
  }
  const text = groups.length ? `${stand.size} of ${cards.length}` : "Filter";
  shown.textContent = text;
  shown.closest("summary").setAttribute("aria-label", groups.length ? `Filter: ${text} cards match` : text);
  form.parentElement.classList.toggle("filter__menu--on", groups.length > 0);
  clear.hidden = !groups.length;
  map.dispatchEvent(new Event("map:filtered"));
}

function keep() {
  const address = new URLSearchParams(location.hash.slice(1));
  const values = wanted().flat();
  if (values.length) address.set("filter", values.join("."));
  else address.delete("filter");
  history.replaceState(null, "", `${location.pathname}${location.search}${address.size ? `#${address}` : ""}`);
}

function change() {
  apply();
  keep();
  say(clear.hidden ? "All cards are shown." : `${shown.textContent} cards match.`);
}

function recall() {
  const values = new URLSearchParams(location.hash.slice(1)).get("filter")?.split(".") ?? [];
  for (const box of boxes) box.checked = values.includes(box.value);
  apply();
}

/** Roles that own no card of this map need not be offered. */
form.parentElement.addEventListener("toggle", () => {
  const there = new Set([...map.querySelectorAll(".card")].flatMap((card) => card.dataset.f.split(" ")));
  for (const box of boxes) if (box.name === "owner") box.parentElement.hidden = !box.checked && !there.has(box.value);
});
form.addEventListener("change", change);
form.addEventListener("submit", (event) => event.preventDefault());
clear.addEventListener("click", () => {
  form.reset();
  for (const box of boxes) box.checked = false;
  change();
  shown.closest("summary").focus();
});
map.addEventListener("map:refreshed", () => clear.hidden || apply());
window.addEventListener("hashchange", recall);
if (location.hash.includes("filter=")) recall();
else form.reset(); // a browser that goes back would leave ticks without a filter
