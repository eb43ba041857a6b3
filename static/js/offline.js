// What is needed when the line is gone is loaded while it is there: the notice of what waits and its picture on the map, and what
// keeps the page for opening it without a connection.

import { map, mayEdit, newId, say } from "./acts.js";
import { kept } from "./kept_acts.js";
import { boxOf, cardsAt, feel, LABEL, placeOf, SLOT, stages } from "./places.js";
import { send, takeOut, trouble } from "./queue.js";

const AFTER = 2000; // milliseconds after the page is there
let loading = null;

/** Resolves to what runs work while the map is without what waits. */
function load() {
  if (!mayEdit) return (work) => work();
  loading ??= import("./waiting.js").then(({ begin }) =>
    begin({ map, newId, say, kept, boxOf, cardsAt, feel, placeOf, stages, LABEL, SLOT, send, takeOut, trouble }));
  loading.catch(() => (loading = null));
  return loading;
}

async function prepare() {
  try {
    const without = await load();
    await (await import("./kept_page.js")).begin(map, without, () => trouble.why);
  } catch {} // no line, or a browser that keeps nothing: then a reload needs the line
}

if (kept("waits").length + kept("refused").length) load();
addEventListener("load", () => setTimeout(prepare, AFTER));
document.addEventListener("acts:queue", () => trouble.why && load());
