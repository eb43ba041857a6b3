// Stages in one go: "Add stage" opens a name at the end of the row; Enter makes it and opens the next, Esc or an empty name ends it.

import { act, map, newId } from "./acts.js";
import { go } from "./grid_keys.js";
import { LABEL, rows, scale, SLOT, stages } from "./places.js";
import { keepKeys, readKeys } from "./typed_ahead.js";

let ghost = null;

function show() {
  const last = [...stages(), ...map.querySelectorAll(".stage--waiting")].at(-1);
  const x = last ? Number(last.dataset.x) + last.dataset.slots * SLOT : LABEL;
  ghost.style.cssText = `--x:${x};--w:${SLOT * 1.5}`;
  document.getElementById("map-head").append(ghost);
  const input = ghost.querySelector("input");
  input.value = "";
  input.readOnly = false;
  delete input.dataset.id;
  input.removeAttribute("aria-invalid");
  input.focus({ preventScroll: true });
  map.parentElement.scrollLeft = (x + SLOT * 2) * scale() - map.parentElement.clientWidth;
}

function close(andGoOn) {
  const ended = ghost;
  ghost = null;
  ended?.remove();
  // Whoever has named the stages goes on with what happens in them.
  if (andGoOn && stages().length && !map.querySelector("[data-element]")) go(0, rows()[0]);
  else if (andGoOn) document.querySelector("[data-catch-stage]").focus();
}

async function save(input, goOn, keys = []) {
  if (input.readOnly) return;
  if (!input.value.trim()) return close(goOn);
  input.readOnly = true;
  const typed = keepKeys(input, keys);
  input.dataset.id ??= newId();
  const outcome = await act("stages/add/", { id: input.dataset.id, name: input.value });
  const [text, rest] = readKeys(typed());
  if (!outcome.ok) {
    // Nothing that was typed is lost: the field stays open and says why.
    input.readOnly = false;
    input.setAttribute("aria-invalid", "true");
    input.title = outcome.message;
    if (text) input.value += ` ${text}`;
    if (goOn) input.focus();
  } else if (goOn && ghost) {
    show();
    input.value = text;
    if (rest) save(input, true, rest);
  } else close(false);
}

function begin() {
  if (!ghost) {
    const input = Object.assign(document.createElement("input"), { className: "stage__new", maxLength: 120, placeholder: "Name of the stage" });
    input.setAttribute("aria-label", "Name of the new stage");
    ghost = Object.assign(document.createElement("div"), { className: "stage stage--ghost" });
    ghost.setAttribute("role", "columnheader");
    ghost.append(input);
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") {
        event.preventDefault();
        save(input, true);
      } else if (event.key === "Escape") close(true);
    });
    input.addEventListener("blur", () => ghost?.isConnected && save(input, false));
  }
  show();
}

document.addEventListener("click", (event) => event.target.closest("[data-catch-stage]") && begin());
