// "?" shows the keys.

const dialog = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, dialog")) return;
  event.preventDefault();
  event.stopPropagation(); // on an empty place it would be the beginning of a title
  dialog.showModal();
}, { capture: true });

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) dialog.showModal();
  else if (event.target === dialog) dialog.close();
});
