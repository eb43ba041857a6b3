// Ctrl+K: find a card, a stage, an act or a journey by a few letters of its name, and go there or do it.

import { itemsOfPage } from "./find_items.js";
import { fold, score } from "./fuzzy.js";
import { listUnder } from "./palette_list.js";

const MOST = 7; // of each group
const WAIT = 150; // milliseconds without a key before the server is asked
const dialog = document.getElementById("find");
const [input, list, status] = ["input", "[role=listbox]", "[role=status]"].map((part) => dialog.querySelector(part));
let items = [];
let journeys = [];
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

const put = listUnder(input, list, (item) => {
  dialog.close(); // gives the focus back first: what is done is done where one was
  item.run();
});

function show(fromTop) {
  const groups = best();
  put(groups, fromTop);
  status.textContent = trouble || (groups.length ? "" : "Nothing of that name.");
  status.classList.toggle("field__error", Boolean(trouble));
}

input.addEventListener("input", search);
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
dialog.addEventListener("close", () => {
  clearTimeout(waiting);
  asking?.abort();
});
