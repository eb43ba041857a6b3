// The door from the page to the map: send an act, then fetch what changed and say what happened.

export const map = document.getElementById("map");
export const mayEdit = document.body.dataset.access === "editor";
const base = map.dataset.base;
const headers = JSON.parse(document.body.getAttribute("hx-headers:inherited"));

export function say(text, isError = false) {
  document.getElementById("announcer").textContent = text;
  const said = document.getElementById("said");
  said.textContent = text;
  said.title = text;
  said.classList.toggle("field__error", isError);
}

/** POST an act. Resolves to {ok, revision, said} or {ok: false, field, message}; never throws. */
export async function act(path, values = {}) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  let outcome;
  try {
    const answer = await fetch(base + path, { method: "POST", headers, body });
    if (answer.status === 401 || answer.redirected) {
      outcome = { ok: false, message: "You are signed out. Sign in again in another tab, then retry." };
    } else if (answer.headers.get("Content-Type")?.includes("json")) {
      outcome = { ok: answer.ok, ...(await answer.json()) };
    } else {
      outcome = { ok: false, message: answer.status === 403 ? "You may look at this map, not change it." : "That did not work. Try again." };
    }
  } catch {
    outcome = { ok: false, message: "No connection: this was not saved. Try again." };
  }
  say(outcome.ok ? outcome.said : outcome.message, !outcome.ok);
  if (outcome.ok && outcome.revision > Number(map.dataset.revision)) await refresh();
  return outcome;
}

let running = null;

/** Bring the page to the newest revision. Calls that meet share one request. */
export function refresh() {
  running ??= load().finally(() => (running = null));
  return running;
}

async function load() {
  const focused = document.activeElement?.id;
  const answer = await fetch(`${base}delta/?since=${map.dataset.revision}`, { headers: { "HX-Request": "true" } });
  if (answer.status === 205) return location.reload();
  if (!answer.ok) return;
  swap(await answer.text());
  map.dataset.revision = answer.headers.get("X-Revision");
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  map.dispatchEvent(new CustomEvent("map:refreshed"));
}

/** Apply the partials: htmx's own format, in the order the server chose. */
function swap(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const partial of page.querySelectorAll("hx-partial")) {
    const target = document.querySelector(partial.getAttribute("hx-target"));
    if (!target) continue;
    const how = partial.getAttribute("hx-swap");
    if (how === "delete") target.remove();
    else if (how === "beforeend") target.append(...partial.childNodes);
    else replace(target, partial.firstElementChild);
  }
  for (const patch of document.querySelectorAll("#map-patches > *")) {
    const lane = document.getElementById(patch.dataset.patches);
    for (const { name, value } of patch.attributes) if (name !== "data-patches") lane.setAttribute(name, value);
    lane.querySelector(".lane__name").textContent = patch.dataset.name;
    patch.remove();
  }
  size();
}

/** Keep the element, so that focus and transitions survive; take over attributes and content. */
function replace(target, fresh) {
  for (const { name } of [...target.attributes]) {
    if (!fresh.hasAttribute(name) && !["aria-selected", "tabindex"].includes(name)) target.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) if (name !== "tabindex") target.setAttribute(name, value);
  if (!target.contains(document.activeElement) || target === document.activeElement) target.replaceChildren(...fresh.childNodes);
}

export function size() {
  const { w, h } = document.getElementById("map-size").dataset;
  map.style.setProperty("--w", w);
  map.style.setProperty("--h", h);
}

/** A UUIDv7: the page makes the ids of what it draws, so that a retried act is the same act. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
