// A click on an arrow opens its panel, and no empty place beneath it.

import { map } from "./acts.js";
import { openPanel } from "./panel.js";

map.addEventListener("click", (event) => {
  const wire = event.target.closest(".wire[data-open]");
  if (!wire) return;
  event.stopPropagation();
  openPanel(wire.dataset.open);
}, true);
