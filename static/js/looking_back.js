// What the history needs, and what tells what has changed since one was last here, is loaded when it is wanted.

import { openPanel } from "./panel.js";

const panel = document.getElementById("panel");

panel.addEventListener("panel:opened", async ({ detail: { path } }) => {
  if (path.startsWith("history/")) (await import("./history.js")).show(path, openPanel);
});
addEventListener("load", () => import("./last_visit.js").catch(() => {})); // without it nothing is lost but a note
