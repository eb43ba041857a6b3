// What others say comes into the panel without touching what one is writing.

import { chosenIn, forget, keep } from "./talk_drafts.js";

const PAUSE = 300; // milliseconds: news of one and the same comment comes together
let waiting = 0;
const changed = new Set();

/** Somebody has said something about an element; "*": perhaps. A page in the background looks when one comes back to it. */
export function news(element, tools) {
  changed.add(element);
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (document.hidden) return;
    const lists = [...tools.panel.querySelectorAll("[data-talk-list]")];
    const concerned = lists.filter(({ dataset: { talkAbout } }) => talkAbout === "*" || changed.has("*") || changed.has(talkAbout));
    changed.clear();
    for (const list of concerned) refresh(list, tools);
  }, PAUSE);
}

let running = Promise.resolve();

/** The list anew, around the boxes in which one may be typing. One after the other: each finds the page as the last one left it. */
export function refresh(section, tools) {
  running = running.then(() => load(section, tools)).catch(() => {}); // htmx has said what went wrong
  return running;
}

async function load(section, tools) {
  if (!section?.isConnected || section.childElementCount < 2) return; // not looked at yet
  const unfolded = [...section.querySelectorAll("details[id][open]")].map(({ id }) => id);
  const unsent = [...section.querySelectorAll("[data-talk-form]")].filter(({ elements }) => elements.text.value !== elements.text.defaultValue);
  const target = section.hasAttribute("hx-get") ? section : tools.panel;
  const list = section.dataset.talkList;
  const address = `${tools.map.dataset.base}${list}${list.includes("?") ? "&" : "?"}again=1`;
  const focused = document.activeElement;
  await htmx.ajax("GET", address, { source: section, target, swap: "innerMorph settle:0" });
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  for (const form of unsent) {
    // Others have settled or taken back what one is answering.
    if (form.isConnected) form.closest("details:not([open])")?.setAttribute("open", "");
    else await rescue(form, tools);
  }
  if (focused?.isConnected === false) section.querySelector("[tabindex='-1'], textarea")?.focus({ preventScroll: true });
}

/** The text of a box that is gone goes to the one for new comments. */
async function rescue(form, tools) {
  if (!tools.panel.querySelector("[data-talk-form='threads/begin/']")) await tools.openPanel("comments/");
  const box = tools.panel.querySelector("[data-talk-form='threads/begin/']");
  if (!box) return; // it stays in the draft
  box.elements.text.value = [box.elements.text.value, form.elements.text.value].filter(Boolean).join("\n");
  box.dataset.chosen = JSON.stringify({ ...chosenIn(box), ...chosenIn(form) });
  keep(box, { chosen: chosenIn(box) });
  forget(form);
  box.elements.text.focus();
  tools.say("What you were answering has been deleted. Your text is in the box for new comments.", true);
}
