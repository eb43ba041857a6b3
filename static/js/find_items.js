// What there is to find on the page, read from the page itself: what is drawn on the map, and every button and link by its name.
// So whatever is added to a menu is found without being registered anywhere.

const words = (element) => element.textContent.trim().replace(/\s+/g, " ");
const all = (selector) => [...document.querySelectorAll(selector)];
const go = (element) => () => document.getElementById(element.id)?.dispatchEvent(new Event("map:go", { bubbles: true }));

/** [{group, name, detail, key, run}] */
export const itemsOfPage = () => [...cards(), ...stages(), ...lanes(), ...acts()];

function cards() {
  return all("#map [data-element]").map((card) => {
    const { kind } = card.dataset;
    const [name, place = ""] = card.getAttribute("aria-label").split(`, ${kind}, `);
    return { group: "Cards", id: card.id, name, detail: kind === "touchpoint" ? place : `${kind}, ${place}`, run: go(card) };
  });
}

function stages() {
  const found = all("#map .stage[id]").sort((a, b) => a.dataset.first - b.dataset.first);
  return found.map((stage) => ({ group: "Stages", id: stage.id, name: stage.dataset.name, run: go(stage) }));
}

function lanes() {
  return all("#map .lane").map((lane) => ({ group: "Lanes", id: lane.id, name: lane.dataset.name, run: go(lane) }));
}

const ACTS = ["bar", "toolbar", "selection", "panel", "legend", "page"].map((part) => `.${part} :is(button, a[href], summary[role])`);

function acts() {
  const found = all(ACTS).filter((one) => !one.closest("[hidden], [data-find], .maps, .journeys, :disabled, [aria-disabled='true']"));
  return found.map((one, index) => {
    const inner = one.querySelector("kbd");
    const title = one.title.match(/\(([^()]+)\)$/)?.[1] ?? (one.title.length <= 8 ? one.title : "");
    const text = one.getAttribute("aria-label") ?? words(one);
    const menu = one.matches("summary") ? null : one.closest(".menu")?.querySelector("summary");
    return {
      group: one.matches("nav *") ? "Pages" : "Acts",
      id: `act-${index}`,
      name: inner ? text.replace(inner.textContent, "").trim() : text,
      detail: menu ? (menu.getAttribute("aria-label") ?? words(menu)) : one.closest(".panel") ? "in the panel" : "",
      key: inner?.textContent ?? title,
      run: () => one.click(),
    };
  }).filter((item) => item.name);
}
