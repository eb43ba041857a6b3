// The steps, messages and links of a playbook: move by Alt+arrows or the menu, take out and undo.

import { save } from "./playbook_fields.js";
import { page, post, say } from "./playbook_post.js";

const undo = page.querySelector("[data-undo]");
let last = null; // what was taken out last: {item, list, values, follower}

const pathOf = (item) => `${item.parentElement.dataset.items}/${item.dataset.item}/`;

/** Tell the server where an item stands now; if it could not, it goes back. */
export async function moved(item, follower) {
  const outcome = await post(`${pathOf(item)}move/`, { before: item.nextElementSibling?.dataset.item ?? "" });
  if (!outcome.ok) item.parentElement.insertBefore(item, follower);
  say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
}

function move(item, way, focused) {
  const [follower, other] = [item.nextElementSibling, way === "up" ? item.previousElementSibling : item.nextElementSibling];
  if (!other) return say(way === "up" ? "It is the first." : "It is the last.");
  if (way === "up") other.before(item);
  else other.after(item);
  focused?.focus();
  item.scrollIntoView({ block: "nearest" });
  moved(item, follower);
}

page.addEventListener("keydown", (event) => {
  const item = event.target.closest("[data-item]");
  if (!item) return;
  const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  if (event.altKey && way && !event.target.matches("select")) {
    event.preventDefault();
    move(item, way, event.target);
  } else if (event.key === "Enter" && event.target.matches("input")) {
    save(event.target);
  }
});

page.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-move], [data-take-out]");
  const item = target.closest("[data-item]");
  if (!button || !item) return;
  const summary = item.querySelector("summary");
  if (button.dataset.move) move(item, button.dataset.move, summary);
  else takeOut(item);
});

async function takeOut(item) {
  const list = item.parentElement;
  const outcome = await post(`${pathOf(item)}take-out/`, {});
  say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) return;
  last = { item, list, values: outcome.item, follower: item.nextElementSibling };
  (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("input").focus();
  item.remove();
  undo.hidden = false;
}

undo.addEventListener("click", async () => {
  const { item, list, values, follower } = last;
  const before = follower?.isConnected ? follower : null;
  const outcome = await post(`${list.dataset.items}/add/`, { ...values, before: before?.dataset.item ?? "" });
  say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (!outcome.ok) return;
  list.insertBefore(item, before);
  undo.hidden = true;
  item.querySelector("input").focus();
});
