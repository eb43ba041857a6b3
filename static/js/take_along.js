// Downloads of the map: says that the file is being made, that it is there, or that it could not be made.

import { say } from "./acts.js";

let making = false;

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-take-along]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (making) return say("One file at a time: the last one is still being made.", true);
  making = true;
  say(`Making ${link.textContent}…`);
  try {
    const answer = await fetch(link.href);
    const name = fileName(answer.headers.get("Content-Disposition") ?? "");
    if (answer.redirected && answer.url.includes("/sign-in/")) say("You are signed out. Sign in again in another tab, then retry.", true);
    else if (!answer.ok || !name) say("The file could not be made. Try another format.", true);
    else save(await answer.blob(), name);
  } catch {
    say("No connection: the file was not made. Try again.", true);
  }
  making = false;
});

/** The name in a Content-Disposition (RFC 6266), or "" if nothing is to be saved. */
function fileName(header) {
  const encoded = header.match(/filename\*=utf-8''([^;]+)/i);
  return encoded ? decodeURIComponent(encoded[1]) : (header.match(/filename="((?:[^"\\]|\\.)*)"/)?.[1] ?? "");
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`Saved ${name}`);
}
