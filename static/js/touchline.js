// What every page does: a menu closes when one has chosen, clicks elsewhere or presses Esc.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    const chosen = menu.contains(event.target) && event.target.closest(".menu__list:not(form) > :is(button, a)");
    if (!chosen && menu.contains(event.target)) continue;
    menu.open = false;
    if (chosen) menu.querySelector("summary").focus(); // the keyboard goes on from there
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
