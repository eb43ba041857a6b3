// The door from a playbook's page to the server: {ok, ...what it answered}; never throws.

import { newId } from "./ids.js";

export { newId };
export const page = document.querySelector("[data-playbook]");
const saved = page.querySelector("[data-saved]");
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

export function say(text, isError = false) {
  saved.textContent = text;
  saved.classList.toggle("field__error", isError);
}

export async function post(path, values) {
  try {
    const options = { method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(values), redirect: "manual", signal: AbortSignal.timeout(20_000) };
    const answer = await fetch(page.dataset.playbook + path, options);
    if (answer.headers.get("Content-Type")?.includes("json")) return { ok: answer.ok, ...(await answer.json()) };
    if (answer.type === "opaqueredirect") return { ok: false, message: "You are signed out. Sign in in another tab, then go on here." };
    return { ok: false, message: answer.status === 403 ? "You may read this playbook, not change it." : "That did not work. Try again." };
  } catch {
    return { ok: false, offline: true, message: "No connection. What you typed stays here." };
  }
}
