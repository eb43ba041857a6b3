// The day by mouse, finger and keys: j and k walk, Enter opens, and a letter for each act. A form of an act is sent by day_acts.js.

import { act } from "./day_acts.js";
import { clearErrors, open, takeBack } from "./day_shown.js";

const titles = () => [...document.querySelectorAll("#day .task__title")];
const current = () => document.activeElement.closest?.(".task");

async function toggle(task) {
  if (!task || task.dataset.kind === "handoff") return;
  const body = task.querySelector(".task__body");
  if (body.childElementCount) {
    body.replaceChildren();
    task.classList.remove("is-open");
  } else await open(task.dataset.row);
  task.querySelector(".task__title").setAttribute("aria-expanded", String(task.classList.contains("is-open")));
}

/** Open the row, and in it the menu of that key. */
async function menuOf(task, key) {
  if (!task.querySelector(".task__body").childElementCount) await toggle(task);
  const menu = task.querySelector(`details[data-key="${key}"]`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".menu__list :is(button, input:not([type='hidden']), select)").focus();
}

function search() {
  document.getElementById("narrow").open = true;
  document.getElementById("id_q").focus();
}

function step(by) {
  const all = titles();
  const at = all.indexOf(current()?.querySelector(".task__title"));
  (all[at + by] ?? all[by > 0 && at < 0 ? 0 : Math.max(at, 0)])?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type='radio']), textarea, select, dialog")) return;
  const task = current();
  const does = {
    j: () => step(1), k: () => step(-1), ArrowDown: () => task && step(1), ArrowUp: () => task && step(-1), u: takeBack,
    e: () => task?.querySelector("form[data-act='finish'] .task__done")?.click(), "/": search,
  }[event.key] ?? (task && "srhx".includes(event.key) ? () => menuOf(task, event.key) : null);
  if (!does || (event.key.startsWith("Arrow") && (!task || event.target.closest(".task__body")))) return;
  event.preventDefault();
  does();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(link.closest(".task"));
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (!form) return;
  event.preventDefault();
  clearErrors(form);
  const row = form.closest(".task, [data-row]")?.dataset.row;
  const body = new URLSearchParams(new FormData(form, event.submitter)).toString();
  act({ kind: form.dataset.act, path: new URL(form.action).pathname, body, row });
});
