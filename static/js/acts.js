// The door from the page to the map: send an act, then fetch what changed and say what happened.

import { newId } from "./ids.js";
import { enqueue, trouble } from "./queue.js";

export { newId };

export const map = document.getElementById("map");
export const mayEdit = document.body.dataset.access === "editor";
const base = map.dataset.base;

export function say(text, isError = false) {
  document.getElementById("announcer").textContent = text;
  const said = document.getElementById("said");
  said.textContent = text;
  said.title = text;
  said.classList.toggle("field__error", isError);
}

const WAITS = { line: "No connection. This waits here and will be sent.", "signed out": "You are signed out. This waits here and will be sent." };
let last = null;

/** POST an act. Resolves to {ok, revision, said}, to {ok: false, field, message}, or to {ok: true, waiting: true} for one that could not
 *  be sent yet and will be; never throws. Acts arrive in their order, each once. */
export async function act(path, values = {}) {
  last = enqueue(newId(), path, values);
  const outcome = await last;
  if (outcome.waiting) say(WAITS[trouble.why] ?? WAITS.line);
  else say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (outcome.ok && !outcome.waiting) await catchUp(outcome);
  return outcome;
}

async function catchUp(outcome) {
  if (follows) await reached(outcome.revision);
  // The first refresh may have been on its way before this act was done.
  for (let tries = 0; outcome.revision > revision() && tries < 3; tries++) await refresh();
  if (outcome.revision > revision()) say("Saved, but this page is behind. Load it again.", true);
}

/** Resolves when the acts of this page are answered; soon, if they are not. */
export const answered = () => Promise.race([last, new Promise((resolve) => setTimeout(resolve, 1000))]);

// What had to wait has been sent.
document.addEventListener("acts:landed", ({ detail }) => {
  say(detail.said);
  catchUp(detail);
});

export const revision = () => Number(document.getElementById("map-size").dataset.revision);

let follows = false;
/** Whether the page has a stream that brings what its acts change; without one it asks. */
export const follow = (on) => (follows = on);

const SOON = 400; // milliseconds; the stream is no further away than the answer to the act

/** Wait until the stream has brought a revision; not for ever. */
function reached(wanted) {
  if (revision() >= wanted) return null;
  return new Promise((resolve) => {
    const look = () => (revision() >= wanted || !follows) && done();
    const done = () => {
      clearTimeout(timer);
      map.removeEventListener("map:refreshed", look);
      resolve();
    };
    const timer = setTimeout(done, SOON);
    map.addEventListener("map:refreshed", look);
  });
}

let running = null;

/** Bring the page to the newest revision. Calls that meet share one request. */
export function refresh() {
  running ??= load().finally(() => (running = null));
  return running;
}

export const isRefreshing = () => Boolean(running);

/** The answer is <hx-partial>s, one for each element that has changed; htmx morphs them into the page. */
async function load() {
  await htmx.ajax("GET", `${base}delta/?since=${revision()}`, { source: map, target: map, swap: "none" });
  arrived();
}

/** The map has changed. `step` says what, as far as it is known: {changed: Set of addresses, by, name, did}. */
export function arrived(step = {}) {
  size();
  const { title } = document.getElementById("map-size").dataset;
  const heading = document.getElementById("journey-title");
  if (!heading.firstElementChild && heading.textContent !== title) heading.textContent = title;
  map.dispatchEvent(new CustomEvent("map:refreshed", { detail: step }));
}

export function size() {
  const { w, h } = document.getElementById("map-size").dataset;
  map.style.setProperty("--w", w);
  map.style.setProperty("--h", h);
}
