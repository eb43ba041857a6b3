// Present: by its button, by "p", or by ?present in the address. What presents is loaded when it is wanted.

import { map, say } from "./acts.js";
import { FEEL, LABEL, scale, stages } from "./places.js";
import { zoomTo } from "./zoom.js";

let begun = false;

async function begin(fullscreen) {
  if (begun) return;
  begun = true;
  // Only right after a click or a key does the browser allow the full screen.
  if (fullscreen) document.documentElement.requestFullscreen?.().catch(() => {});
  try {
    const { present } = await import("./present.js");
    await present({ map, scale, stages, zoomTo, FEEL, LABEL });
  } catch {
    if (document.fullscreenElement) document.exitFullscreen();
    say("The presentation could not be loaded. Try again.", true);
  }
  begun = false;
}

document.addEventListener("click", (event) => event.target.closest("[data-present]") && begin(true));
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "p" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, .panel")) return;
  event.preventDefault();
  begin(true);
});
if (new URLSearchParams(location.search).has("present")) begin(false);
