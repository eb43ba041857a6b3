// The title of the journey becomes a field where it stands.

import { act } from "./acts.js";

document.querySelector("[data-open-rename]")?.addEventListener("click", () => {
  const heading = document.getElementById("journey-title");
  const was = heading.textContent;
  const input = Object.assign(document.createElement("input"), { value: was, maxLength: 200 });
  input.setAttribute("aria-label", "Title of the journey");
  heading.replaceChildren(input);
  input.select();
  const finish = async (save) => {
    input.onblur = null;
    const title = input.value.trim();
    heading.textContent = save && title ? title : was;
    if (save && title && title !== was && !(await act("rename/", { title })).ok) heading.textContent = was;
  };
  input.onkeydown = (event) => {
    if (event.key === "Enter") finish(true);
    if (event.key === "Escape") finish(false);
  };
  input.onblur = () => finish(true);
});
