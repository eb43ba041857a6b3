// What one sees of an act: the toast with its undo, an error at its field, the list as it is now with the focus where it belongs.

const toast = document.getElementById("toast");
const announcer = document.getElementById("announcer");
const STAYS = 10_000; // milliseconds
let undo = null;
let timer = null;

function show(text, then, isTrouble = false) {
  undo = then;
  toast.classList.toggle("toast--bad", isTrouble);
  toast.firstElementChild.textContent = text;
  toast.querySelector("[data-undo]").hidden = !then;
  toast.hidden = false;
  announcer.textContent = then ? `${text} Press u to undo.` : text;
  clearTimeout(timer);
  if (!isTrouble) timer = setTimeout(() => (toast.hidden = true), STAYS); // what went wrong stays until something else is said
}

export const offerUndo = (text, then) => show(text, then);

export const say = (text, isTrouble = false) => show(text, null, isTrouble);

/** Take the last act back, if that is offered still. */
export function takeBack() {
  if (!undo || toast.hidden) return;
  const then = undo;
  undo = null;
  toast.hidden = true;
  then();
}

/** What was said of a form before is said no more: it is sent again. */
export function clearErrors(form) {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    document.getElementById(`${field.id}-error`)?.remove();
  }
}

export function errorsAt({ row, kind }, errors) {
  const form = document.querySelector(`#row-${row} form[data-act="${kind}"]:has([name]:not([type="hidden"]))`);
  for (const [name, text] of Object.entries(errors)) {
    const field = form?.querySelector(`[name="${name}"]:not(button)`);
    if (!field) {
      say(text, true);
      continue;
    }
    const error = Object.assign(document.createElement("p"), { className: "field__error", textContent: text, id: `${field.id}-error` });
    document.getElementById(error.id)?.remove();
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", error.id);
    field.after(error);
    field.focus();
    announcer.textContent = text;
  }
}

const titles = () => [...document.querySelectorAll("#day .task__title")];

/** The list as it is now. The focus goes on to the row that follows the one that has gone. */
export async function refresh({ row, kind }) {
  const task = document.getElementById(`row-${row}`);
  const body = task?.querySelector(".task__body");
  const at = titles().indexOf(task?.querySelector(".task__title"));
  const hadFocus = task?.contains(document.activeElement) || document.activeElement === document.body;
  const isOpen = body?.childElementCount;
  if (body?.querySelector("[aria-invalid]")) return; // something has to be said otherwise
  if (isOpen && kind !== "tick") body.replaceChildren();
  await htmx.ajax("GET", location.pathname + location.search, { source: "#day", target: "#day", select: "#day", swap: "outerMorph settle:0" });
  document.dispatchEvent(new CustomEvent("day:done"));
  if (isOpen && kind === "tick") await open(row);
  else if (hadFocus && !document.getElementById(`row-${row}`)?.contains(document.activeElement)) (document.querySelector(`#row-${row} .task__title`) ?? titles()[at] ?? titles().at(-1) ?? document.getElementById("main")).focus();
}

export async function open(row) {
  const task = document.getElementById(`row-${row}`);
  const body = task.querySelector(".task__body");
  const { base } = document.getElementById("day").dataset;
  const pressed = [...body.querySelectorAll(".steps__tick")].indexOf(document.activeElement);
  await htmx.ajax("GET", `${base}scheduled/${row}/open/`, { source: body, target: body, swap: "innerHTML settle:0" });
  task.classList.toggle("is-open", body.childElementCount > 0);
  body.querySelectorAll(".steps__tick")[pressed]?.focus();
}

document.addEventListener("click", (event) => event.target.closest("[data-undo]") && takeBack());
