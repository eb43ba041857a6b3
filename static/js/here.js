// Who else is here: their initials in the toolbar and on the cards they have open, and whose hand is in which field.

import { map } from "./acts.js";

const EVERY = 5000; // milliseconds; whoever says nothing for 12 seconds is gone
const TYPING = 5000; // milliseconds that a key counts as typing
const SHOWN = 4; // people by name; the others are a number
const panel = document.getElementById("panel");
const list = document.getElementById("here");
const mine = document.body.dataset.member;
let page = null;
let open = "";
let field = "";
let told = "";
let idle = null;
let others = [];

/** Tell the server what this page has open. */
function tell() {
  if (!page || document.hidden) return;
  told = JSON.stringify({ page, open, field });
  fetch(`${map.dataset.base}live/`, { method: "POST", body: told, keepalive: true }).catch(() => {});
}

function changed(values) {
  ({ open = open, field = field } = values);
  if (JSON.stringify({ page, open, field }) !== told) tell();
}

document.addEventListener("live:joined", (event) => {
  page = JSON.parse(event.detail.data).page;
  tell();
});
setInterval(tell, EVERY);
panel.addEventListener("panel:opened", ({ detail }) => changed({ open: detail.path, field: "" }));
panel.addEventListener("panel:closed", () => changed({ open: "", field: "" }));

document.addEventListener("input", ({ target }) => {
  const card = target.closest("#map [data-element]");
  if (!card && !(panel.contains(target) && target.name)) return;
  changed(card ? { open: card.dataset.element, field: "title" } : { field: target.name });
  clearTimeout(idle);
  idle = setTimeout(() => changed({ field: "" }), TYPING);
});
document.addEventListener("focusout", () => field && changed({ field: "" }));

document.addEventListener("live:here", (event) => {
  const { count, people } = JSON.parse(event.detail.data);
  others = people.filter((person) => person.id !== mine);
  list.replaceChildren(...others.slice(0, SHOWN).map(avatar));
  const more = count - 1 - Math.min(others.length, SHOWN);
  if (more > 0) list.append(Object.assign(document.createElement("li"), { className: "here__more", textContent: `+${more}` }));
  mark();
});

function avatar(person) {
  const item = document.createElement("li");
  const [address, what] = person.at[0] ?? [];
  const title = address && elementAt(address)?.getAttribute("aria-label")?.split(",")[0];
  const does = title ? `${person.name} ${what ? "is typing in" : "has open"} ${title}` : `${person.name} is here`;
  const face = Object.assign(document.createElement("button"), { className: "avatar", textContent: initials(person.name), title: does });
  face.setAttribute("aria-label", title ? `${does}. Go there` : does);
  face.style.setProperty("--hue", hue(person.name));
  face.addEventListener("click", () => elementAt(address)?.dispatchEvent(new CustomEvent("map:go", { bubbles: true })));
  item.append(face);
  return item;
}

const elementAt = (address) => address && map.querySelector(`[data-element="${address}"]`);

/** What others have open, on the map and in the panel. Fragments that came since have taken the marks off. */
function mark() {
  for (const marked of map.querySelectorAll("[data-here]")) delete marked.dataset.here;
  for (const note of panel.querySelectorAll(".is-typing")) note.remove();
  for (const person of others) {
    for (const [address, what] of person.at) {
      const element = elementAt(address);
      if (element) {
        element.dataset.here = element.dataset.here ? `${element.dataset.here} ${initials(person.name)}` : initials(person.name);
        element.style.setProperty("--here", hue(person.name));
      }
      if (what && address === open) panel.querySelector(`[name="${what}"]`)?.closest(".field, .sentence, label")?.append(note(person.name));
    }
  }
}

const note = (name) => Object.assign(document.createElement("p"), { className: "hint is-typing", textContent: `${name} is typing here …` });
map.addEventListener("map:refreshed", mark);
panel.addEventListener("panel:opened", mark);

// As {% avatar %} writes them.
const initials = (name) => name.split(/\s+/).filter(Boolean).slice(0, 2).map((part) => [...part][0]).join("").toUpperCase() || "?";
const hue = (name) => (new TextEncoder().encode(name).reduce((sum, byte) => sum + byte, 0) * 47) % 360;
