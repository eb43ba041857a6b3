// What has changed since one was last here: the note goes when one has read it, and the server hears up to where one has seen the map.

const map = document.getElementById("map");
const note = document.getElementById("since");
const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));
const revision = () => document.getElementById("map-size").dataset.revision;
const READING = 10_000; // milliseconds until a note counts as read
const RENEWED = 60_000;
let told = "";
let isRead = false;

function tell() {
  if (told === revision()) return;
  told = revision();
  // Also while the page is being left. Where it fails one sees a note too many.
  fetch(`${map.dataset.base}seen/`, { method: "POST", headers, body: new URLSearchParams({ revision: told }), keepalive: true }).catch(() => (told = ""));
}

/** Only what somebody has had before their eyes counts as seen. */
function renew() {
  if (document.visibilityState === "visible" && isRead) tell();
}

function read() {
  isRead = true;
  renew();
}

note.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-dismiss-since], a")) return;
  if (!target.closest("a")) {
    note.replaceChildren();
    map.querySelector('[tabindex="0"]')?.focus();
  }
  read();
});
setTimeout(() => (note.querySelector(".since") ? setTimeout(read, READING) : read()), 2000);
setInterval(renew, RENEWED);
addEventListener("pagehide", () => isRead && tell());
