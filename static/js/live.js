// The stream of the map: what anybody does comes as the fragments that a delta brings, and is swapped in the same way.

import { answered, arrived, follow, isRefreshing, map, refresh, revision, say } from "./acts.js";

const line = document.getElementById("live");
const address = `${map.dataset.base}live/?since=`;
const RETRY = 3000; // milliseconds between tries to get a first answer; after that hx-sse tries by itself
const mine = document.body.dataset.member;
const waiting = [];
let applying = null;

function connect() {
  const url = address + revision();
  line.setAttribute("hx-sse:connect", url);
  htmx.ajax("GET", url, { source: line, swap: "none" });
}

/** What the server says of a step: {since, changed, by, name, did}. */
function read(data) {
  const found = JSON.parse(data.slice(4, data.indexOf("-->")));
  return { ...found, changed: found.changed && new Set(found.changed) };
}

line.addEventListener("htmx:before:sse:message", (event) => {
  const { message } = event.detail;
  if (message.event) return;
  event.preventDefault(); // swapped below, in its turn
  waiting.push(message);
  applying ??= apply().finally(() => (applying = null));
});

async function apply() {
  while (waiting.length) {
    const { id, data } = waiting.shift();
    const step = read(data);
    // What one did oneself is shown with the answer, not before: the field one wrote in would stand beside what it has made.
    if (step.by === mine) await answered();
    if (isRefreshing()) await refresh();
    if (step.since === revision()) {
      await htmx.swap({ sourceElement: line, target: map, swap: "none", text: data, hx: {}, request: {} });
      arrived(step);
      if (step.did && step.by !== mine) say(`${step.name} ${step.did}`);
    } else if (Number(id) > revision()) await refresh(); // something was missed
  }
}

// Of a connection that is gone hx-sse says nothing before it tries the next one.
line.addEventListener("htmx:before:sse:connection", ({ detail: { connection } }) => {
  if (connection.attempt) connection.lastEventId = String(revision());
  lost();
});
line.addEventListener("htmx:sse:error", lost);
line.addEventListener("htmx:sse:close", lost);

function lost() {
  follow(false);
  document.dispatchEvent(new CustomEvent("live:lost"));
}

document.addEventListener("live:joined", () => {
  follow(true);
  document.dispatchEvent(new CustomEvent("live:connected"));
});

// Whoever may no longer see the map as it stands here, or has been away for too long, loads it again.
for (const end of ["live:closed", "live:reload"]) document.addEventListener(end, () => location.reload());
// What is being typed when a page goes becomes an act, which outlives the page until it is sent.
addEventListener("beforeunload", () => document.activeElement?.blur());

const again = () => setTimeout(() => line._htmx?.sse || connect(), RETRY);
line.addEventListener("htmx:error", again);
line.addEventListener("htmx:response:error", ({ detail: { ctx } }) => ctx.response.status >= 429 && again());

connect();
