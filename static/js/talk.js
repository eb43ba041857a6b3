// Comments in the panel: sends what one writes, and brings in what others say without touching what one is writing.

import { forget, idsOf, keep, recall } from "./talk_drafts.js";
import { goTo, looked } from "./talk_going.js";
import { mentions, withMentions } from "./mentions.js";

const PATIENCE = 20_000; // milliseconds
const PAUSE = 300; // milliseconds: news of one and the same comment comes together
let tools = null;

/** `tools`: what the canvas lends. Returns {go(thread)}. Called again it changes nothing. */
export function talk(lent) {
  if (!tools) begin(lent);
  for (const form of tools.panel.querySelectorAll("[data-talk-form]")) recall(form);
  return { go: (thread) => goTo(thread, null, tools) };
}

function begin(lent) {
  tools = lent;
  mentions(tools);
  const { panel } = tools;
  const formOf = ({ target }) => target.closest?.("[data-talk-form]");
  // Ahead of the panel, whose own forms are acts on the map.
  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    send(form);
  }, true);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) formOf(event)?.requestSubmit();
  });
  panel.addEventListener("input", (event) => formOf(event) && keep(formOf(event)));
  panel.addEventListener("click", click);
  panel.addEventListener("htmx:after:swap", () => panel.querySelectorAll("[data-talk-form]").forEach(recall));
  document.addEventListener("live:talk", ({ detail }) => news(JSON.parse(detail.data).element));
  document.addEventListener("visibilitychange", () => document.hidden || news("*"));
}

async function send(form) {
  if ("sending" in form.dataset) return;
  form.dataset.sending = "";
  const field = form.elements.text;
  const typed = field.value;
  const values = { text: withMentions(typed, form), about: form.elements.about.value, ...idsOf(form, tools.newId) };
  const outcome = await post(form.dataset.talkForm, values);
  delete form.dataset.sending;
  tools.showError(field, outcome.ok ? "" : outcome.message);
  tools.say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) return;
  const details = form.closest("details.comment__edit");
  // What was typed while it was on its way is the next comment.
  if (!details) field.value = field.value.startsWith(typed) ? field.value.slice(typed.length).trimStart() : field.value;
  forget(form);
  if (!details && field.value) keep(form);
  if (details) details.open = false;
  tools.count();
  await refresh(form.closest("[data-talk-list]"));
  if (field === document.activeElement) field.scrollIntoView({ block: "nearest" });
}

async function click(event) {
  const { talkAct, talkGo, talkOn, toTalk } = event.target.closest("[data-talk-act], [data-talk-go], [data-to-talk]")?.dataset ?? {};
  if (toTalk) return toSection(tools.panel.querySelector(`[data-talk-about="${toTalk}"]`));
  if (talkGo) return goTo(talkGo, talkOn, tools);
  if (!talkAct) return;
  const list = event.target.closest("[data-talk-list]");
  const outcome = await post(talkAct);
  tools.say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) return;
  tools.count();
  await refresh(list);
}

async function toSection(section) {
  await looked(section, tools.panel);
  (section.querySelector(":scope > form textarea") ?? section.querySelector(".thread"))?.focus({ preventScroll: true });
}

let waiting = 0;
const changed = new Set();

/** Somebody has said something about an element; "*": perhaps. A page in the background looks when one comes back to it. */
function news(element) {
  changed.add(element);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (document.hidden) return;
    const lists = [...tools.panel.querySelectorAll("[data-talk-list]")];
    const concerned = lists.filter(({ dataset: { talkAbout } }) => talkAbout === "*" || changed.has("*") || changed.has(talkAbout));
    changed.clear();
    concerned.forEach(refresh);
  }, PAUSE);
}

/** The list anew, around the boxes in which one may be typing. */
async function refresh(section) {
  if (!section?.isConnected || section.childElementCount < 2) return; // not looked at yet
  const unfolded = [...section.querySelectorAll("details[id][open]")].map(({ id }) => id);
  const target = section.hasAttribute("hx-get") ? section : tools.panel;
  const list = section.dataset.talkList;
  const address = `${tools.map.dataset.base}${list}${list.includes("?") ? "&" : "?"}again=1`;
  const focused = document.activeElement;
  await htmx.ajax("GET", address, { source: section, target, swap: "innerMorph settle:0" });
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (focused?.isConnected === false) section.querySelector("[tabindex='-1'], textarea")?.focus({ preventScroll: true });
}

async function post(path, values = {}) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
  try {
    const body = new URLSearchParams(values);
    const answer = await fetch(tools.map.dataset.base + path, { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.redirected || answer.status === 401) return { message: "You are signed out. Sign in again in another tab, then retry." };
    if (answer.headers.get("Content-Type")?.includes("json")) return { ok: answer.ok, ...(await answer.json()) };
    if (answer.status === 404) return { message: "This is gone: somebody has deleted it." };
    return { message: answer.status === 403 ? "You may read comments here, not write any." : "That did not work. Try again." };
  } catch {
    // Sent again it is the same comment: the page has made its id.
    return { message: "No answer from the server. Your text is kept here: send it again." };
  }
}
