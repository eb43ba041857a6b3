// How many threads are open about what: on cards, feelings, stages, handoffs, and the buttons. What writes them comes when a panel shows some.

import { showError } from "./autosave.js";
import { map, newId, say } from "./acts.js";
import { openPanel } from "./panel.js";

const panel = document.getElementById("panel");
const WAIT = 500; // milliseconds: the map first
const NAMES = { stages: "stage", lanes: "lane-label", connectors: "wire" };
let open = {}; // path of an element, "" for the whole map -> open threads

/** What stands on the map for "touchpoints/<id>/". */
function elementOf(path) {
  const [kind, id] = path.split("/");
  if (kind === "handoffs") return map.querySelector(`.handoff[data-open="${path}"]`);
  return document.getElementById(`${NAMES[kind] ?? "card"}-${id}`);
}

function show() {
  for (const one of map.querySelectorAll("[data-pin]")) {
    one.removeAttribute("data-pin");
    one.removeAttribute("aria-description");
  }
  for (const [path, number] of Object.entries(open)) {
    const element = path && elementOf(path);
    if (!element) continue;
    element.dataset.pin = number;
    element.setAttribute("aria-description", `${number} open comment${number === 1 ? "" : "s"}`);
  }
  badge(document.getElementById("talk-button"), Object.values(open).reduce((sum, number) => sum + number, 0));
  const head = panel.querySelector("[data-to-talk]");
  if (head) badge(head, open[head.dataset.toTalk] ?? 0);
}

function badge(button, number) {
  const shown = button.querySelector(".badge");
  shown.textContent = number;
  shown.hidden = !number;
  button.setAttribute("aria-label", number ? `Comments: ${number} open` : "Comments");
}

async function count() {
  try {
    const answer = await fetch(`${map.dataset.base}comments/count/`);
    if (!answer.ok || answer.redirected) return;
    open = (await answer.json()).elements;
    show();
  } catch {} // without a connection the last numbers stay
}

async function wanted() {
  try {
    return (await import("./talk.js")).talk({ count, elementOf, map, newId, openPanel, panel, say, showError });
  } catch {
    say("The comments could not be loaded. Try again.", true);
  }
}

document.addEventListener("live:talk", ({ detail }) => {
  const { element, open: number } = JSON.parse(detail.data);
  if (number) open[element] = number;
  else delete open[element];
  show();
});
document.addEventListener("visibilitychange", () => document.hidden || count());
map.addEventListener("map:refreshed", show);
// What one does before the rest has come is done as soon as it is there.
const OURS = "[data-talk-act], [data-talk-go], [data-to-talk]";
panel.addEventListener("click", async ({ target }) => target.closest(OURS) && (await wanted())?.click(target.closest(OURS)));
// Ahead of the panel, whose own forms are acts on the map.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-talk-form]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  (await wanted())?.send(form);
}, true);
panel.addEventListener("panel:opened", ({ detail: { focus } }) => {
  if (!panel.querySelector("[data-talk-list]")) return;
  if (focus === true) document.getElementById("talk-title")?.focus();
  show();
  wanted();
});
setTimeout(count, WAIT);
const thread = new URLSearchParams(location.search).get("talk");
if (thread) wanted().then((talk) => talk?.go(thread));
