// Sends the acts that wait, in their order, each until it is answered. Several tabs share one queue: whoever has the lock sends,
// and tells the others what was answered. Each act bears an id, so that one whose answer was lost is not done twice.

import { forget, keep, kept, NAME } from "./kept_acts.js";
import { post } from "./post_act.js";

const [SOON, LATE] = [500, 15_000]; // milliseconds between tries
const channel = new BroadcastChannel(NAME);
const waiters = new Map(); // what this page waits for, by id
const mine = new Set(); // acts of this page that nobody waits for any more
let failed = 0; // tries in vain since the last answer
let sending = null;
let timer = null;

/** Why acts wait: "line", "signed out", or null; and what the server said to it. */
export const trouble = { why: null, message: "" };

/** Resolves to what the server answered, or to {ok: true, waiting: true} if that cannot be had now: it will be sent. */
export function enqueue(id, path, values) {
  const pairs = Symbol.iterator in values ? values : Object.entries(values); // a form's pairs may bear one name twice
  add(id, path, [...pairs].filter(([name]) => name !== "csrfmiddlewaretoken").map(([name, value]) => [name, String(value)]));
  return new Promise((resolve) => {
    waiters.set(id, resolve);
    if (trouble.why) waitNoMore();
    send();
  });
}

function add(id, path, body) {
  const latest = kept("waits").at(-1)?.at ?? 0;
  keep("waits", { id, path, body, at: Math.max(Date.now(), latest + 1) });
}

/** Send what waits, now. */
export function send() {
  clearTimeout(timer);
  sending ??= underLock(drain).then((isDone) => {
    sending = null;
    if (!isDone) timer = setTimeout(send, Math.min(LATE, SOON * 2 ** failed++) * (0.75 + Math.random() / 2));
    else if (kept("waits").length) send(); // came while the lock was let go
  });
  return sending;
}

const underLock = (work) => (navigator.locks ? navigator.locks.request(NAME, work) : work());

async function drain() {
  for (let act; (act = kept("waits")[0]); ) {
    const outcome = await post(act);
    if (outcome.why) {
      Object.assign(trouble, outcome);
      waitNoMore();
      return false;
    }
    answer(act, outcome);
  }
  failed = 0;
  if (trouble.why) {
    trouble.why = null; // another tab has sent it all
    changed();
  }
  return true;
}

/** Others are told before the act is forgotten: a crash in between only repeats it. */
function answer(act, outcome) {
  failed = 0;
  trouble.why = null;
  if (!outcome.ok && !waiters.has(act.id)) keep("refused", { ...act, message: outcome.message || "That could not be done." });
  channel.postMessage({ id: act.id, outcome });
  forget("waits", act.id);
  settle(act.id, outcome, true);
}

function settle(id, outcome, isSent = false) {
  const resolve = waiters.get(id);
  waiters.delete(id);
  if (resolve && !outcome.ok) forget("refused", id); // whoever waits for it shows it
  resolve?.(outcome);
  if (!resolve && (isSent || mine.has(id)) && outcome.ok) document.dispatchEvent(new CustomEvent("acts:landed", { detail: { ...outcome, id } }));
  changed();
}

channel.addEventListener("message", ({ data }) => settle(data.id, data.outcome));
addEventListener("storage", ({ key }) => key?.startsWith(NAME) && changed());

function waitNoMore() {
  for (const [id, resolve] of waiters) {
    mine.add(id);
    resolve({ ok: true, waiting: true });
  }
  waiters.clear();
  changed();
}

const changed = () => document.dispatchEvent(new CustomEvent("acts:queue"));

/** Take a refused act out; with an id it is tried once more, as a new act. */
export function takeOut(act, id = null) {
  forget("refused", act.id);
  if (id) {
    mine.add(id);
    add(id, act.path, act.body);
    send();
  }
  changed();
}

addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.hidden || (trouble.why && send()));
document.addEventListener("live:connected", () => trouble.why && send());
if (kept("waits").length) send();
