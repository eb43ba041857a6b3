// Drop a sheet on the page: it becomes the file of a form, and the preview begins. A form names the part of the page that it
// stands for in data-drop-sheet (a selector); a file that misses every part does not replace the page.

const forms = [...document.querySelectorAll("form[data-drop-sheet]")].filter((form) => form.querySelector("input[type=file]"));
const zoneOf = (form) => document.querySelector(form.dataset.dropSheet);
const under = (event) => forms.find((form) => zoneOf(form).contains(event.target));
const carriesFiles = (event) => [...event.dataTransfer.types].includes("Files");

function mark(chosen) {
  document.body.classList.toggle("is-dropping", Boolean(chosen));
  for (const form of forms) zoneOf(form).classList.toggle("is-over", form === chosen);
}

function tell(text) {
  document.querySelector(".notices").replaceChildren(Object.assign(document.createElement("p"), { className: "notice notice--error", textContent: text }));
}

if (forms.length) {
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(under(event));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(null));
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const form = under(event);
    mark(null);
    if (!form) return tell("Drop the sheet on the segment it is for.");
    form.querySelector("input[type=file]").files = event.dataTransfer.files;
    form.requestSubmit();
  });
}
