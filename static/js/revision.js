// The map at a revision: walked and read as any preview is, and from each difference one goes to where it is to be seen.

import { map, say } from "./acts.js";
import { stand } from "./grid_keys.js";
import { scale } from "./places.js";
import "./preview.js";
import { zoomTo } from "./zoom.js";

const FOUND = 2500; // milliseconds for which what one has gone to is shown
const LEGIBLE = 0.62;

function go(element) {
  if (scale() < LEGIBLE) zoomTo(0.8);
  element.scrollIntoView({ block: "center", inline: "center" });
  if (element.dataset.element) stand(element);
  else element.querySelector("button")?.focus({ preventScroll: true });
  for (const other of map.querySelectorAll(".is-found")) other.classList.remove("is-found");
  element.classList.add("is-found");
  setTimeout(() => element.classList.remove("is-found"), FOUND);
}

document.addEventListener("click", ({ target }) => {
  const place = target.closest("[data-go]");
  const element = place && document.getElementById(place.dataset.go);
  if (element) go(element);
});

/** A form that is sent and then leads on: to `data-send`, or to this page as it is then. */
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-send]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (answer.ok && !answer.redirected) return location.assign(form.dataset.send || location.href);
    const isTold = answer.headers.get("Content-Type")?.includes("json");
    say(isTold ? (await answer.json()).message : "That did not work. Load the page again and retry.", true);
  } catch {
    say("No connection. Try again.", true);
  }
  button.disabled = false;
});
