// What has been found, as a listbox under a field, after ARIA 1.2: the focus stays in the field, aria-activedescendant walks the list.

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 7, PageUp: -7 };
const made = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

/** `choose(item)` is called with what was chosen. Returns show(groups, fromTop), where groups are [name, items]. */
export function listUnder(input, list, choose) {
  let shown = [];
  let active = 0;

  function show(groups, fromTop) {
    const kept = fromTop ? null : shown[active]?.id;
    shown = groups.flatMap(([, found]) => found);
    active = Math.max(shown.findIndex((item) => item.id === kept), 0);
    let index = 0;
    list.replaceChildren(...groups.map(([name, found]) => {
      const group = made("div", "find__group");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", name);
      const heading = made("div", "find__heading", name);
      heading.setAttribute("aria-hidden", "true");
      group.append(heading, ...found.map((item) => option(item, index++)));
      return group;
    }));
    mark();
  }

  function option(item, index) {
    const row = made("div", "find__option");
    Object.assign(row, { id: `find-${index}`, role: "option" });
    row.append(made("span", "find__name", item.name));
    if (item.detail) row.append(made("span", "find__detail", item.detail));
    if (item.key) row.append(made("kbd", "", item.key));
    return row;
  }

  function mark() {
    for (const row of list.querySelectorAll("[aria-selected=true]")) row.setAttribute("aria-selected", "false");
    const row = document.getElementById(`find-${active}`);
    row?.setAttribute("aria-selected", "true");
    row?.scrollIntoView({ block: "nearest" });
    if (row) input.setAttribute("aria-activedescendant", row.id);
    else input.removeAttribute("aria-activedescendant");
  }

  input.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (event.key === "Enter" && !event.isComposing) shown[active] && choose(shown[active]);
    else if (step && shown.length) {
      // One by one the list goes round; by pages it ends.
      active = Math.abs(step) === 1 ? (active + step + shown.length) % shown.length : Math.min(Math.max(active + step, 0), shown.length - 1);
      mark();
    } else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) choose(shown[Number(row.id.slice(5))]);
  });
  return show;
}
