// The title of the journey becomes a field where it stands.

import { act } from "./acts.js";
import { compare } from "./meanwhile.js";

const heading = document.getElementById("journey-title");

document.querySelector("[data-open-rename]")?.addEventListener("click", () => open(heading.textContent));

/** `text`: what was typed and could not be saved, when it said `was`. */
function open(was, text = was) {
  const input = Object.assign(document.createElement("input"), { value: text, maxLength: 200 });
  input.setAttribute("aria-label", "Title of the journey");
  heading.replaceChildren(input);
  input.select();
  const finish = async (save) => {
    input.onblur = null;
    const title = input.value.trim();
    heading.textContent = save && title ? title : was;
    if (!save || !title || title === was) return;
    const send = (title, before) => act("rename/", { title, "was-title": before });
    let outcome = await send(title, was);
    const theirs = outcome.values?.theirs;
    if (theirs !== undefined) outcome = { value: title, ...((await compare(outcome, send)) ?? outcome) };
    if (outcome.ok) heading.textContent = outcome.value ?? title;
    else if (theirs !== undefined) open(was, title);
    else heading.textContent = was;
  };
  input.onkeydown = (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  };
  input.onblur = () => finish(true);
}
