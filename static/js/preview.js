// A template to look at: the map fits its view, the arrows walk it, and what one chooses is read beside it.

import { map, size } from "./acts.js";
import { firstStop, stand, walk } from "./grid_keys.js";
import { fit } from "./zoom.js";

const words = document.querySelector(".panel");

/** Open the words about an element of the map. `path` is as in data-open: "stages/<id>/". */
function read(path) {
  const about = document.getElementById(`about-${path.split("/")[1]}`);
  if (!about) return;
  for (let around = about.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  about.focus({ preventScroll: true });
  // Only the words scroll; scrollIntoView would move the page as well.
  words.scrollBy(0, about.getBoundingClientRect().top - words.getBoundingClientRect().top - 12);
}

map.addEventListener("click", (event) => {
  const element = event.target.closest("[data-element], [data-open]");
  if (!element) return;
  if (element.dataset.element) stand(element);
  read(element.dataset.element ?? element.dataset.open);
});

map.addEventListener("keydown", (event) => {
  const element = event.target.closest("[data-element]");
  if (!element) return;
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    walk(element, event.key);
  } else if (event.key === "Enter") {
    event.preventDefault();
    read(element.dataset.element);
  }
});

words.addEventListener("keydown", (event) => {
  if (event.key === "Escape") map.querySelector('[tabindex="0"]')?.focus();
});

size();
fit();
firstStop();
if (location.hash.startsWith("#about-")) read(`/${location.hash.slice(7)}`);
