// The acts of this person on this map that have no answer yet, and those that were refused after one had gone on: kept in the browser.
// A key for each act, so that two tabs never write over each other's. localStorage, because it is written before one can close the tab.

const { member } = document.body.dataset;
export const NAME = `touchline:${member}:${document.getElementById("map").dataset.base.split("/").at(-2)}`;
const memory = new Map(); // where the browser keeps nothing, or no more: as long as the page is open

export function keep(kind, act) {
  const key = `${NAME}:${kind}:${act.id}`;
  try {
    localStorage.setItem(key, JSON.stringify(act));
  } catch {
    memory.set(key, act);
  }
}

export function forget(kind, id) {
  const key = `${NAME}:${kind}:${id}`;
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {} // then there is nothing in it
}

function stored(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

/** In the order in which they were done. `kind` is "waits" or "refused". */
export function kept(kind) {
  const prefix = `${NAME}:${kind}:`;
  const more = [...memory].filter(([key]) => key.startsWith(prefix)).map(([, act]) => act);
  return [...stored(prefix), ...more].sort((a, b) => a.at - b.at);
}

export const isLasting = () => !memory.size;
