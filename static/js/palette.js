// Ctrl+K: find a card, a stage, an act or a journey by a few letters of its name, and go there or do it. A combobox with a listbox
// after ARIA 1.2: the focus stays in the field, aria-activedescendant walks the list.

import { itemsOfPage } from "./find_items.js";
import { fold, score } from "./fuzzy.js";

const MOST = 7; // of each group
const WAIT = 150; // milliseconds without a key before the server is asked
const dialog = document.getElementById("find");
const [input, list, status] = ["input", "[role=listbox]", "[role=status]"].map((part) => dialog.querySelector(part));
let items = [];
let journeys = [];
let shown = [];
let active = 0;
let asking = null;
let waiting = 0;
let trouble = "";

export function open() {
  items = itemsOfPage();
  journeys = [];
  search();
}

function search() {
  trouble = "";
  show(true);
  clearTimeout(waiting);
  waiting = setTimeout(ask, input.value ? WAIT : 0);
}

/** The journeys of the workspace come from the server, a moment later. */
async function ask() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const answer = await fetch(`${dialog.dataset.journeys}?q=${encodeURIComponent(input.value)}`, { signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const found = (await answer.json()).journeys;
    journeys = found.map(({ title, segment, url }) => ({ group: "Journeys", id: url, name: title, detail: segment, sure: true, run: () => location.assign(url) }));
  } catch (error) {
    if (signal.aborted) return;
    trouble = "The journeys could not be looked through. Try again.";
  }
  show(false);
}

/** By its name; else, at half the price, by its name and where it stands. */
function fit(query, item) {
  item.folded ??= [fold(item.name), fold(`${item.name} ${item.detail ?? ""}`)];
  return score(query, item.folded[0]) || score(query, item.folded[1]) / 2;
}

/** The best of each group, the group with the best of all first. */
function best() {
  const query = fold(input.value.trim());
  const groups = new Map();
  for (const item of [...items, ...journeys]) {
    const fits = fit(query, item) || (item.sure ? 1 : 0);
    if (!fits || (!query && item.group === "Cards")) continue;
    if (!groups.has(item.group)) groups.set(item.group, []);
    groups.get(item.group).push({ item, fits });
  }
  const sorted = [...groups].map(([name, found]) => [name, query ? found.sort((a, b) => b.fits - a.fits) : found]);
  if (query) sorted.sort(([, a], [, b]) => b[0].fits - a[0].fits);
  return sorted.map(([name, found]) => [name, found.slice(0, MOST).map(({ item }) => item)]);
}

const made = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

function show(fromTop) {
  const kept = fromTop ? null : shown[active]?.id;
  const groups = best();
  shown = groups.flatMap(([, found]) => found);
  active = Math.max(shown.findIndex((item) => item.id === kept), 0);
  let index = 0;
  list.replaceChildren(...groups.map(([name, found]) => {
    const group = made("div", "find__group");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    const heading = made("div", "find__heading", name);
    heading.setAttribute("aria-hidden", "true");
    group.append(heading, ...found.map((item) => option(item, index++)));
    return group;
  }));
  mark();
  status.textContent = trouble || (shown.length ? "" : "Nothing of that name.");
  status.classList.toggle("field__error", Boolean(trouble));
}

function option(item, index) {
  const row = made("div", "find__option");
  Object.assign(row, { id: `find-${index}`, role: "option" });
  row.append(made("span", "find__name", item.name));
  if (item.detail) row.append(made("span", "find__detail", item.detail));
  if (item.key) row.append(made("kbd", "", item.key));
  return row;
}

function mark() {
  for (const row of list.querySelectorAll("[aria-selected=true]")) row.setAttribute("aria-selected", "false");
  const row = document.getElementById(`find-${active}`);
  row?.setAttribute("aria-selected", "true");
  row?.scrollIntoView({ block: "nearest" });
  if (row) input.setAttribute("aria-activedescendant", row.id);
  else input.removeAttribute("aria-activedescendant");
}

function choose(index) {
  const item = shown[index];
  if (!item) return;
  dialog.close(); // gives the focus back first: what is done is done where one was
  item.run();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: MOST, PageUp: -MOST };

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) choose(active);
  else if (event.key in STEPS && shown.length) {
    const step = STEPS[event.key];
    active = Math.abs(step) === 1 ? (active + step + shown.length) % shown.length : Math.min(Math.max(active + step, 0), shown.length - 1);
    mark();
  } else return;
  event.preventDefault();
});
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const row = event.target.closest("[role=option]");
  if (row) choose(Number(row.id.slice(5)));
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => {
  clearTimeout(waiting);
  asking?.abort();
});
