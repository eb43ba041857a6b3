// What waits, drawn on the map at once: new cards, and cards at their new places, with their new names, or about to go. Drawn from
// the acts themselves, so that a reload draws it again; taken off and drawn anew whenever the map has changed.

import { newCard, newStage } from "./waiting_ghosts.js";

const [MIDDLE, LEVEL] = [74, 22]; // of the curve, as rendering.py draws it

export function picture({ map, boxOf, cardsAt, feel, placeOf, stages, LABEL, SLOT }) {
  let undraw = [];
  const layer = document.getElementById("map-cards"); // of all cards, in the map's own pixels; else they lie in their lanes

  const find = (address) => map.querySelector(`[data-element="${CSS.escape(address)}"]`);

  /** Where the server will make room, the last place of the stage must do. */
  function placeFor({ stage, slot }, row) {
    const { first, slots } = document.getElementById(`stage-${stage}`)?.dataset ?? {};
    return first && row ? placeOf(Number(first) + Math.min(slot, slots - 1), row) : null;
  }

  /** Change an element, and know how to change it back, unless the map has done so since. */
  function alter(element, change) {
    const before = { parent: element.parentElement, style: element.style.cssText, data: { ...element.dataset } };
    const isFocused = element === document.activeElement;
    change();
    element.classList.add("is-waiting");
    if (isFocused) element.focus({ preventScroll: true });
    const drawn = element.style.cssText;
    undraw.push(() => {
      element.classList.remove("is-waiting", "is-going");
      if (!element.isConnected) return;
      const hadFocus = element === document.activeElement;
      if (element.parentElement !== before.parent) before.parent.append(element);
      if (element.style.cssText !== drawn) return; // the map has put it elsewhere since
      element.style.cssText = before.style;
      Object.assign(element.dataset, before.data);
      if (hadFocus) element.focus({ preventScroll: true });
    });
  }

  function standAt(element, place, level = null) {
    const { x, y, h } = place.row === feel() ? boxOfCloud(place, level ?? levelOf(element)) : boxOf(place);
    const stack = cardsAt(place.column, place.row).filter((one) => one !== element).length;
    const isFlat = layer && place.row !== feel();
    element.style.setProperty("--x", x);
    element.style.setProperty("--y", isFlat ? y + Number(place.row.dataset.y) : y);
    if (h < 72) element.style.blockSize = `${h}px`; // a lane without cards is thin
    Object.assign(element.dataset, { column: place.column, stage: place.stage, slot: place.slot, stack, lane: place.row === feel() ? "feel" : place.lane });
    const holder = isFlat ? layer : place.row;
    if (element.parentElement !== holder) holder.append(element);
  }
  const levelOf = (cloud) => Number(cloud.querySelector("b").textContent.replace("−", "-"));
  const boxOfCloud = ({ column }, level) => ({ x: LABEL + column * SLOT + 14, y: MIDDLE - LEVEL * level - 26 });

  function move(address, values) {
    const card = find(address);
    const isCloud = card?.dataset.kind === "emotion";
    const place = card && placeFor({ slot: values.place - 1, ...values }, isCloud ? feel() : document.getElementById(`lane-${values.lane}`));
    if (place) alter(card, () => standAt(card, place, isCloud && (values.level ?? null) !== null ? Number(values.level) : null));
  }

  function rename(card, title) {
    const text = card.querySelector(".card__title, .cloud__text")?.lastChild;
    if (!text) return;
    const label = card.getAttribute("aria-label");
    const was = text.data;
    const now = was.startsWith(" ") ? ` ${title}` : title;
    alter(card, () => {
      text.data = now;
      card.setAttribute("aria-label", title + label.slice(label.indexOf(`, ${card.dataset.kind}, `)));
    });
    undraw.push(() => {
      if (text.data === now && text.isConnected) text.data = was;
      card.setAttribute("aria-label", label);
    });
  }

  function add(kind, values) {
    const address = `${kind}/${values.id}/`;
    const row = kind === "emotions" ? feel() : document.getElementById(`lane-${values.lane}`);
    const place = !find(address) && placeFor(values, row);
    if (!place) return;
    const card = newCard(address, values, place, row);
    standAt(card, place);
    if (layer && row !== feel()) own(row, card.id);
    undraw.push(() => card.remove());
  }

  /** Where cards lie in one layer a row says which are its own. */
  function own(row, id) {
    const owned = () => (row.getAttribute("aria-owns") ?? "").split(" ").filter((one) => one && one !== id);
    row.setAttribute("aria-owns", [...owned(), id].join(" "));
    undraw.push(() => row.setAttribute("aria-owns", owned().join(" ")));
  }

  function addStage({ id, name }) {
    if (document.getElementById(`stage-${id}`)) return;
    const last = [...stages(), ...map.querySelectorAll(".stage--waiting")].at(-1);
    const stage = newStage(name, last ? Number(last.dataset.x) + last.dataset.slots * SLOT : LABEL, SLOT);
    document.getElementById("map-head").append(stage);
    undraw.push(() => stage.remove());
  }

  function go(address) {
    const card = find(address);
    if (card) alter(card, () => card.classList.add("is-going"));
  }

  function apply({ path, body }) {
    const values = Object.fromEntries(body);
    const [kind, id, verb] = path.split("/");
    if (path === "stages/add/") addStage(values);
    else if (kind === "selection") {
      if (id === "move") for (const { element, ...place } of JSON.parse(values.places)) move(element, place);
      if (id === "remove") for (const element of JSON.parse(values.elements)) go(element);
    } else if (kind === "touchpoints" || kind === "emotions") {
      const address = `${kind}/${id}/`;
      if (id === "add") add(kind, values);
      else if (verb === "move") move(address, values);
      else if (verb === "remove") go(address);
      else if (verb === "edit" && values.title && find(address)) rename(find(address), values.title);
    }
  }

  let later = 0;

  /** Draw the acts that wait. One that was taken back since is not drawn. False if somebody is typing in what would be taken off: then
   *  it is done as soon as they have finished. */
  return function draw(acts) {
    clearTimeout(later);
    if (map.querySelector(".is-waiting .card__rename")) {
      later = setTimeout(() => draw(acts), 200);
      return false;
    }
    const focused = document.activeElement?.closest("#map [data-element]")?.dataset.element;
    const stop = map.querySelector('[data-element][tabindex="0"]')?.dataset.element;
    for (const step of undraw.reverse()) step();
    undraw = [];
    for (const act of standing(acts)) apply(act);
    // What stood for a card that is there now hands on the focus and the tab stop.
    if (stop && !map.querySelector('[tabindex="0"]')) find(stop)?.setAttribute("tabindex", "0");
    if (focused && document.activeElement === document.body) find(focused)?.focus({ preventScroll: true });
    return true;
  };
}

function standing(acts) {
  const done = [];
  const undone = [];
  for (const act of acts) {
    if (act.path === "undo/") undone.push(...done.splice(-1));
    else if (act.path === "redo/") done.push(...undone.splice(-1));
    else {
      done.push(act);
      undone.length = 0;
    }
  }
  return done;
}
