// Join cards by walking: c (or h to hand over) on a card, arrows to where it shall lead, Enter. Shift+Enter: in no set order. Esc cancels.

import { map, say } from "./acts.js";
import { drawLine, eraseLine } from "./draft_line.js";
import { finish, mark, receiverAt, receiverUnder, titleOf } from "./joining.js";
import { stand } from "./grid_keys.js";

let walk = null; // {way, source, receiver, to}: `to` is what the line ends at
const what = () => (walk.way === "hand" ? `Hand over from ${titleOf(walk.source)}` : `Connect ${titleOf(walk.source)}`);

export function begin(way, source) {
  walk = { way, source, receiver: null };
  map.classList.add("is-drawing");
  const loose = way === "connect" ? ", Shift+Enter in no set order" : "";
  say(`${what()} to …: walk there and press Enter${loose}, or click it. Esc cancels.`);
}

function stop() {
  walk = null;
  map.classList.remove("is-drawing");
  mark(null);
  eraseLine();
}

function cancel() {
  const { source } = walk;
  stop();
  say("Cancelled");
  if (source.isConnected) stand(source);
}

async function settle(loose) {
  const { way, source, receiver } = walk;
  if (!receiver) return say(`Nothing to join here. ${what()} to another card${way === "hand" ? " or a lane of a role" : ""}.`);
  stop();
  if (way === "hand") stand(source); // where one is again when the panel closes
  await finish(way, source, receiver, loose);
  if (receiver.card && way === "connect") stand(document.getElementById(receiver.card.id) ?? receiver.card);
}

function aim(receiver, to) {
  Object.assign(walk, { receiver, to });
  mark(receiver);
  drawLine(walk.way, walk.source, to);
}

// Before the other meanings of the keys: Enter opens nothing, letters do nothing while one walks.
map.addEventListener("keydown", (event) => {
  const { key } = event;
  if (!walk || event.target.matches("input, textarea") || event.ctrlKey || event.metaKey) return;
  if (["Shift", "Alt"].includes(key) || (key.startsWith("Arrow") && !event.shiftKey)) return;
  event.stopPropagation();
  if (key === "Tab") return stop();
  event.preventDefault();
  if (key === "Enter") settle(event.shiftKey || event.altKey);
  else if (key === "Escape") cancel();
}, true);

map.addEventListener("focusin", (event) => {
  const element = walk && event.target.closest("[data-element], .place");
  if (!element || event.target.matches("input")) return;
  const receiver = receiverAt(walk.way, walk.source, element);
  aim(receiver, element);
  if (receiver) say(`${what()} to ${receiver.name}?`);
});

map.addEventListener("pointermove", (event) => {
  if (walk && !event.buttons) aim(receiverUnder(walk.way, walk.source, event.clientX, event.clientY), { x: event.clientX, y: event.clientY });
});

map.addEventListener("click", (event) => {
  if (!walk || event.target.closest("input")) return;
  event.stopPropagation();
  walk.receiver = receiverUnder(walk.way, walk.source, event.clientX, event.clientY);
  if (walk.receiver) settle(event.shiftKey || event.altKey);
  else cancel();
}, true);

map.parentElement.addEventListener("scroll", () => walk?.to && drawLine(walk.way, walk.source, walk.to), { passive: true });
document.addEventListener("focusin", (event) => walk && !map.contains(event.target) && stop());
map.addEventListener("map:refreshed", () => walk && !walk.source.isConnected && stop());
