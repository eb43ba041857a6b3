// The names of stages and lanes belong to the grid: arrows walk along them and from them into it.

import { map } from "./acts.js";
import { enter, stand } from "./grid_keys.js";
import { lanes, rows, stages } from "./places.js";

const nameOf = (header) => header?.querySelector(".stage__name, .lane__name");

/** The name one comes to from `name`, or the place in the grid. */
function next(name, key) {
  const stage = name.closest(".stage");
  const all = stage ? stages() : lanes();
  const at = all.indexOf(stage ?? name.closest(".lane"));
  const [back, on, into] = stage ? ["ArrowLeft", "ArrowRight", "ArrowDown"] : ["ArrowUp", "ArrowDown", "ArrowRight"];
  if (key === into) return stage ? enter(Number(stage.dataset.first), rows()[0]) : enter(0, all[at]);
  const found = key === back ? (all[at - 1] ?? (stage ? null : stages()[0])) : key === on ? all[at + 1] : null;
  return found && stand(nameOf(found));
}

map.addEventListener("keydown", (event) => {
  const name = event.target.closest(".stage__name, .lane__name");
  if (!name || !event.key.startsWith("Arrow") || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  next(name, event.key);
});
