// The menu of lanes offers the roles that have none yet.

import { map } from "./acts.js";

const menu = document.querySelector("[data-lane-menu]");

menu?.addEventListener("toggle", () => {
  const roles = [...menu.querySelectorAll("[data-role]")];
  for (const button of roles) button.hidden = Boolean(map.querySelector(`.lane[data-role="${button.dataset.role}"]`));
  const all = menu.querySelector('[data-act="lanes/add-all/"]');
  if (all) all.hidden = roles.every((button) => button.hidden);
});
