// Drop a sheet on the page: it becomes the chosen file of the form, and the preview begins.

const form = document.querySelector("form[data-drop-sheet]");
const input = form?.querySelector("input[type=file]");
const zone = form?.querySelector(".dropzone");

if (input) {
  document.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || zone.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
