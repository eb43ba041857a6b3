// A step, a message or a link is added by what one types and Enter, again and again.

import { newId, page, post, say } from "./playbook_post.js";

let adding = Promise.resolve(); // one after the other, in the order in which they were typed

page.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-add]");
  if (!form) return;
  event.preventDefault();
  const field = form.querySelector("input");
  const typed = field.value.trim();
  if (!typed) return field.focus();
  field.value = "";
  enqueue(form, field, typed);
});

// Several lines are several steps.
page.addEventListener("paste", (event) => {
  const form = event.target.closest("[data-add]");
  const lines = (event.clipboardData.getData("text").match(/\S.*/g) ?? []).map((line) => line.trim());
  if (!form || lines.length < 2) return;
  event.preventDefault();
  for (const line of lines) enqueue(form, event.target, line);
});

function enqueue(form, field, typed) {
  const values = { id: newId(), [field.name]: typed };
  adding = adding.then(() => add(form, field, values, typed));
}

async function add(form, field, values, typed) {
  say("Saving …");
  const outcome = await post(`${form.dataset.add}/add/`, values);
  say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) {
    field.value = field.value ? `${typed} ${field.value}` : typed; // nothing typed is lost
    return field.focus();
  }
  const list = page.querySelector(`[data-items="${form.dataset.add}"]`);
  list.insertAdjacentHTML("beforeend", outcome.html);
  window.htmx.process(list.lastElementChild);
  if (form.dataset.add === "steps") field.placeholder = "Next step, then Enter";
}

// Only now: what was typed and sent before this could listen would be lost. Until then the forms, of method "dialog" outside of any,
// do nothing.
page.querySelector("[data-first]")?.focus();
