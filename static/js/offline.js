// What is needed when the line is gone is loaded while it is there: the notice of what waits, and its picture on the map.

import { map, mayEdit, newId, say } from "./acts.js";
import { kept } from "./kept_acts.js";
import { boxOf, cardsAt, feel, LABEL, placeOf, SLOT, stages } from "./places.js";
import { send, takeOut, trouble } from "./queue.js";

const AFTER = 2000; // milliseconds after the page is there
let loading = null;

function load() {
  loading ??= import("./waiting.js").then(
    ({ begin }) => begin({ map, newId, say, kept, boxOf, cardsAt, feel, placeOf, stages, LABEL, SLOT, send, takeOut, trouble }),
    () => (loading = null),
  );
}

if (mayEdit) {
  if (kept("waits").length + kept("refused").length) load();
  else addEventListener("load", () => setTimeout(load, AFTER));
  document.addEventListener("acts:queue", () => trouble.why && load());
}
