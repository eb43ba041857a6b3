// What every page does: a menu closes when one has chosen, clicks elsewhere or presses Esc; Ctrl+K finds.

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

const finder = document.getElementById("find");
let palette = null;

/** Ctrl+K, or Cmd+K: find. What finds is loaded when it is first wanted; what one types meanwhile counts. */
async function find() {
  if (document.querySelector("dialog[open]")) return;
  finder.querySelector("input").value = "";
  finder.showModal();
  try {
    // Awaited the first time only: opened a moment later, it would take back what the arrow keys have chosen meanwhile.
    palette ??= await import("./palette.js");
  } catch {
    finder.close();
    const notice = Object.assign(document.createElement("p"), { className: "notice notice--error", textContent: "No connection. Try again." });
    document.querySelector(".notices").replaceChildren(notice);
    return;
  }
  palette.open();
}

if (finder) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    find();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-find]") && find());
}
