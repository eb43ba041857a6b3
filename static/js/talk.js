// Comments in the panel: sends what one writes, settles what is settled, and leads from one place to another.

import { forget, idsOf, keep, recall } from "./talk_drafts.js";
import { goTo, looked } from "./talk_going.js";
import { news, refresh } from "./talk_list.js";
import { mentions, withMentions } from "./mentions.js";

const PATIENCE = 20_000; // milliseconds
let tools = null;

/** `lent`: what the canvas lends. Returns {go(thread), click(button), send(form)}. Called again it changes nothing. */
export function talk(lent) {
  if (!tools) begin(lent);
  for (const form of tools.panel.querySelectorAll("[data-talk-form]")) recall(form);
  return { go: (thread) => goTo(thread, null, tools), click, send };
}

function begin(lent) {
  tools = lent;
  mentions(tools);
  const { panel } = tools;
  const formOf = ({ target }) => target.closest?.("[data-talk-form]");
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) formOf(event)?.requestSubmit();
  });
  panel.addEventListener("input", (event) => formOf(event) && keep(formOf(event)));
  panel.addEventListener("focusin", (event) => formOf(event)?.setAttribute("data-used", ""));
  panel.addEventListener("htmx:after:swap", () => panel.querySelectorAll("[data-talk-form]").forEach(recall));
  document.addEventListener("live:talk", ({ detail }) => news(JSON.parse(detail.data).element, tools));
  document.addEventListener("visibilitychange", () => document.hidden || news("*", tools));
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
  if (details) {
    field.defaultValue = typed; // it is no draft any more
    details.open = false;
  }
  tools.count();
  await refresh(form.closest("[data-talk-list]"), tools);
  if (field === document.activeElement) field.scrollIntoView({ block: "nearest" });
}

async function click(button) {
  const { talkAct, talkGo, talkOn, toTalk } = button.dataset;
  if (toTalk) return toSection(tools.panel.querySelector(`[data-talk-about="${toTalk}"]`));
  if (talkGo) return goTo(talkGo, talkOn, tools);
  const list = button.closest("[data-talk-list]");
  const outcome = await post(talkAct);
  tools.say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) return;
  tools.count();
  await refresh(list, tools);
}

async function toSection(section) {
  await looked(section, tools.panel);
  (section.querySelector(":scope > form textarea") ?? section.querySelector(".thread"))?.focus({ preventScroll: true });
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
