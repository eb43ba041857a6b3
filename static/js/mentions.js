// "@" in a comment offers the members of the workspace: letters narrow the list, arrows walk it, Enter or a tap chooses, Esc lets go.

import { fold } from "./fuzzy.js";
import { choose, chosenIn } from "./talk_drafts.js";

const MOST = 8;
const made = (className, text = "") => Object.assign(document.createElement("span"), { className, textContent: text });
let people = null; // a promise of [{id, label, detail}]
let known = [];
let offered = null; // {field, list, from, found, active}

export function mentions({ map, say }) {
  document.addEventListener("input", ({ target }) => target.matches("[data-mentions]") && offer(target));
  document.addEventListener("keydown", keydown, true); // ahead of the panel, which Esc closes
  document.addEventListener("focusout", ({ target }) => target === offered?.field && close());

  async function load() {
    try {
      const answer = await fetch(`${map.dataset.base}comments/people/`);
      known = (await answer.json()).people;
    } catch {
      people = null; // the next "@" tries again
    }
    return known;
  }

  async function offer(field) {
    const before = field.value.slice(0, field.selectionStart);
    const typed = before.match(/(?:^|[\s(])@([^@\n]{0,60})$/)?.[1];
    if (typed === undefined) return close();
    people ??= load();
    const letters = fold(typed);
    const found = (await people).filter(({ label }) => ` ${fold(label)}`.includes(` ${letters}`)).slice(0, MOST);
    if (field !== document.activeElement || before !== field.value.slice(0, field.selectionStart)) return;
    close();
    if (!found.length) return;
    show(field, before.length - typed.length - 1, found);
    say(`${found.length} to mention: arrows choose, Enter takes ${found[0].label}`);
  }
}

function show(field, from, found) {
  const list = Object.assign(document.createElement("div"), { id: "mentions", role: "listbox", className: "talk__people" });
  list.setAttribute("aria-label", "Mention");
  list.append(...found.map(({ label, detail }, index) => {
    const row = Object.assign(document.createElement("div"), { id: `mention-${index}`, role: "option", className: "find__option" });
    row.append(made("find__name", label), made("find__detail", detail));
    return row;
  }));
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", ({ target }) => take(Number(target.closest("[role=option]")?.id.slice(8) ?? -1)));
  field.after(list);
  offered = { field, list, from, found, active: 0 };
  field.setAttribute("aria-controls", list.id);
  mark(0);
}

function mark(active) {
  const { field, found, list } = offered;
  offered.active = (active + found.length) % found.length;
  [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === offered.active)));
  list.children[offered.active].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", `mention-${offered.active}`);
}

function take(index) {
  const { field, found, from } = offered;
  const person = found[index];
  if (!person) return;
  field.setRangeText(`@${person.label} `, from, field.selectionStart, "end");
  choose(field.form, person.label, person.id);
  close();
}

function close() {
  if (!offered) return;
  offered.list.remove();
  offered.field.removeAttribute("aria-controls");
  offered.field.removeAttribute("aria-activedescendant");
  offered = null;
}

function keydown(event) {
  if (event.target !== offered?.field || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(offered.active + (event.key === "ArrowDown" ? 1 : -1));
  else if (event.key === "Enter" || event.key === "Tab") take(offered.active);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The text as it is kept: "@Tom Okafor" -> "@[Tom Okafor](his id)", for whoever was chosen or is called exactly so. */
export function withMentions(text, form) {
  const ids = { ...Object.fromEntries(known.map(({ id, label }) => [label, id])), ...chosenIn(form) };
  const labels = Object.keys(ids).sort((a, b) => b.length - a.length).map((label) => RegExp.escape?.(label) ?? label.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  if (!labels.length) return text;
  return text.replace(new RegExp(`@(${labels.join("|")})(?![\\p{L}\\p{N}])`, "gu"), (_, label) => `@[${label.replace(/[[\]\n]/g, " ")}](${ids[label]})`);
}
