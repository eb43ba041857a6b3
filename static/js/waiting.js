// The notice of what waits to be sent and of what was refused since: calm, with the words of each, over nothing one works with.

import { picture } from "./waiting_picture.js";
import { inWords, typedIn } from "./waiting_words.js";

const made = (tag, values = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), values);
  element.append(...children);
  return element;
};
const changes = (count) => `${count} change${count === 1 ? "" : "s"}`;

export function begin({ kept, newId, say, send, takeOut, trouble, ...places }) {
  const { map } = places;
  const draw = picture(places);
  const said = made("p", { className: "waiting__said" });
  said.setAttribute("role", "status");
  const list = made("ul", { className: "waiting__list" });
  const more = made("details", { className: "waiting__more" }, made("summary", { textContent: "Show them" }), list);
  const again = made("button", { className: "button button--quiet", type: "button", textContent: "Try now", onclick: send });
  const signIn = made("a", { className: "button", href: `/accounts/sign-in/?next=${encodeURIComponent(location.pathname)}`, textContent: "Sign in" });
  const notice = made("section", { className: "waiting", id: "waiting", hidden: true }, said, signIn, again, more);
  notice.setAttribute("aria-label", "What waits to be sent");
  document.getElementById("main").before(notice);

  function sentence(waits, refused) {
    const wait = `${changes(waits.length)} ${waits.length === 1 ? "waits" : "wait"}`;
    const parts = [];
    if (trouble.why === "signed out") {
      parts.push(trouble.message || "You are signed out.");
      parts.push(waits.length ? `Sign in again as yourself: ${wait} here.` : "");
    } else if (waits.length) parts.push(`No connection. ${wait} here and will be sent.`);
    else if (!navigator.onLine) parts.push("No connection. You can draw on: changes wait here.");
    if (refused.length) parts.push(`${changes(refused.length)} could not be made.`);
    return parts.filter(Boolean).join(" ");
  }

  function item(act) {
    const row = made("li", {}, made("span", { textContent: inWords(act, map) }));
    if (!act.message) return row;
    const text = typedIn(act);
    row.append(made("span", { className: "waiting__why", textContent: act.message }));
    if (text) row.append(made("q", { textContent: text }));
    const button = (textContent, onclick) => made("button", { className: "button", type: "button", textContent, onclick });
    const copy = () => navigator.clipboard.writeText(text).then(() => say("Copied the text"));
    row.append(
      made("span", { className: "waiting__acts" },
        button("Try again", () => takeOut(act, newId())),
        ...(text ? [button("Copy text", copy)] : []),
        button("Discard", () => takeOut(act)),
      ),
    );
    return row;
  }

  const seen = new Map();
  const landed = new Map(); // id -> revision that the page does not show yet
  let isBehind = false;

  /** What waits, from the first trouble until the page shows the last of it. What is only on its way is no news. */
  function drawn(waits) {
    const revision = Number(document.getElementById("map-size").dataset.revision);
    for (const act of waits) seen.set(act.id, act);
    for (const [id, at] of landed) if (at <= revision) landed.delete(id);
    const both = [...[...landed.keys()].map((id) => seen.get(id)), ...waits];
    isBehind = Boolean(trouble.why || (isBehind && both.length));
    return isBehind ? both : [];
  }

  function show() {
    const waits = kept("waits");
    const refused = kept("refused");
    draw(drawn(waits));
    const shown = trouble.why || !navigator.onLine ? waits : [];
    const words = sentence(shown, refused);
    notice.hidden = !words;
    if (said.textContent !== words) said.textContent = words;
    again.hidden = !trouble.why;
    signIn.hidden = trouble.why !== "signed out";
    more.hidden = !(shown.length + refused.length);
    if (refused.length > Number(more.dataset.refused ?? 0)) more.open = true;
    more.dataset.refused = refused.length;
    list.replaceChildren(...[...refused, ...shown].map(item));
  }

  document.addEventListener("acts:landed", ({ detail }) => seen.has(detail.id) && landed.set(detail.id, detail.revision));
  document.addEventListener("acts:queue", show);
  for (const event of ["online", "offline"]) addEventListener(event, show);
  map.addEventListener("map:refreshed", show);
  show();

  /** Do something while the map is without what waits; nothing, while somebody types in that. */
  return function without(work) {
    if (draw([])) work();
    show();
  };
}
