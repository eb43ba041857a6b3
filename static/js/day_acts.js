// The acts of the day: sent with an id of their own, one after the other. Without a connection they wait in the browser, over a
// reload as well; what the server has done already it does not do again. What it refuses is said.

import { errorsAt, offerUndo, refresh, say } from "./day_shown.js";

const day = document.getElementById("day");
const PREFIX = `touchline:${day.dataset.member}:day:`;
const AGAIN = 15_000; // milliseconds after which what waits is tried again
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
const told = new Set(); // of which it has been said that they wait
const FAULTS = 3;
const faults = new Map();
let sending = null;
let trouble = "";

function kept() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    return keys.map((key) => JSON.parse(localStorage.getItem(key))).sort((a, b) => a.at - b.at);
  } catch {
    return [];
  }
}

const keep = (act) => localStorage.setItem(PREFIX + act.id, JSON.stringify(act));

function forget(act) {
  localStorage.removeItem(PREFIX + act.id);
  mark(act.row, "");
}

/** Show on a row that something is on its way: "going", "waiting", or "" for nothing. */
function mark(row, state) {
  const task = document.getElementById(`row-${row}`);
  task?.classList.toggle("is-going", state === "going");
  task?.classList.toggle("is-waiting", state === "waiting");
}

export function act(fields) {
  const one = { id: crypto.randomUUID(), at: Date.now(), ...fields };
  try {
    keep(one);
  } catch {} // where the browser keeps nothing it is sent all the same
  mark(one.row, one.kind === "tick" ? "" : "going");
  return send([one]);
}

/** What waits, and these, in the order in which they were done. */
function send(more = []) {
  // What went wrong with the ones before, be it the reading of the list after them, must not keep these from being sent.
  sending = (sending ?? Promise.resolve()).catch(() => {}).then(async () => {
    const waiting = kept();
    const all = [...waiting, ...more.filter((one) => !waiting.some(({ id }) => id === one.id))];
    let changed = null;
    for (const one of all) {
      const answer = await post(one);
      if (!answer) {
        all.slice(all.indexOf(one)).forEach((left) => mark(left.row, "waiting"));
        if (!told.has(one.id)) waits(one);
        break;
      }
      forget(one);
      take(one, answer);
      changed = one;
    }
    if (changed) await refresh(changed);
  });
  return sending;
}

/** {status, ...what it said}, or null where there was no answer to it. */
async function post({ id, at, path, body }) {
  try {
    const headers = { "X-CSRFToken": token(), "Act-Id": id, "Act-By": day.dataset.member, "Act-At": new Date(at).toISOString(), "Content-Type": "application/x-www-form-urlencoded" };
    const options = { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(20_000) };
    const answer = await fetch(path, options);
    const { status } = answer;
    trouble = answer.type === "opaqueredirect" || status === 401 ? "You are signed out. It waits here until you sign in again." : "The server cannot take it just now. It waits here and will be sent.";
    if (status === 500 && failsAlways(id)) return { status, message: "The server could not do that." };
    if (answer.type === "opaqueredirect" || status === 401 || status === 429 || status >= 500) return null;
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    return { status, ...said };
  } catch {
    trouble = "No connection. It waits here and will be sent.";
    return null;
  }
}

/** A server that cannot do an act is not asked for ever: those behind it would wait as long. */
function failsAlways(id) {
  faults.set(id, (faults.get(id) ?? 0) + 1);
  return faults.get(id) >= FAULTS;
}

function take(one, answer) {
  if (answer.status === 422) return errorsAt(one, answer.errors);
  if (answer.status >= 400) {
    const said = new URLSearchParams(one.body);
    const typed = said.get("outcome") || said.get("because") || said.get("note");
    const why = answer.message ?? "That did not work: you may not do it, or it is gone.";
    return say(typed ? `${why} You had written: “${typed}”` : why, true);
  }
  if (answer.undo) return offerUndo(answer.message, () => act({ kind: "undo", path: answer.undo.path, body: new URLSearchParams(answer.undo.body).toString(), row: one.row }));
  if (answer.message) say(answer.message);
}

/** It may have arrived all the same: taken back it is by the act that follows it, and not by forgetting it. */
function waits(one) {
  told.add(one.id);
  const ends = /(finish|skip)\/$/;
  if (!ends.test(one.path)) return say(trouble);
  offerUndo(trouble, () => act({ kind: "undo", path: one.path.replace(ends, "reopen/"), body: "", row: one.row }));
}

addEventListener("online", () => send());
setInterval(() => kept().length && send(), AGAIN);
if (kept().length) send();
