// Publish: a dialog that says what is new. What it does is loaded when it is wanted.

import { act, map, say } from "./acts.js";

document.querySelector("[data-publish]")?.addEventListener("click", async () => {
  try {
    await (await import("./publish.js")).open(act, map.dataset.base);
  } catch {
    say("No connection: what is new could not be looked up. Try again.", true);
  }
});
