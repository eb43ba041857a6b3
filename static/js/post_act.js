// One act to the server: {ok, ...what it answered}, or {why, message} if there was no answer to it: "line" or "signed out".

const map = document.getElementById("map");
const { member } = document.body.dataset;
const PATIENCE = 20_000; // milliseconds; an act that hangs must not hold up the ones behind it for ever
const FAULTS = 3; // a server that cannot do an act is not asked for ever
const faults = new Map();

export async function post({ id, path, body }) {
  try {
    const headers = { "X-CSRFToken": token(), "Act-Id": id, "Act-By": member };
    const options = { method: "POST", headers, body: new URLSearchParams(body), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(map.dataset.base + path, options);
    const { status } = answer;
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (answer.type === "opaqueredirect" || status === 401) return { why: "signed out", message: said?.message ?? "" };
    if (said && status < 500) return { ok: answer.ok, ...said };
    if (status === 500 && failsAlways(id)) return { ok: false, message: "The server could not do that." };
    if (status < 400 || status >= 500 || status === 429) return { why: "line", message: "" }; // a proxy; a portal that wants to be seen first
    if (!(await isStillMe())) return { why: "signed out", message: "" };
    return { ok: false, message: status === 403 ? "You may look at this map, not change it." : "That did not work. Try again." };
  } catch {
    return { why: "line", message: "" };
  }
}

// A form's token changes when one signs in: the cookie knows the one of now.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

function failsAlways(id) {
  faults.set(id, (faults.get(id) ?? 0) + 1);
  return faults.get(id) >= FAULTS;
}

/** Whoever may not change this map may be somebody else who has signed in since. */
async function isStillMe() {
  return (await fetch(`/accounts/still-me/${member}/`, { redirect: "manual" })).status === 204;
}
