// A button that copies what stands in a field: [data-copy-text] names the field's id. Where the browser refuses, the text is
// marked, so that the keys do it.

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-text]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copyText);
  const said = document.getElementById("announcer");
  const label = (button.dataset.label ??= button.textContent);
  try {
    await navigator.clipboard.writeText(field.value);
    said.textContent = button.textContent = "Copied";
  } catch {
    field.focus();
    field.select();
    said.textContent = button.textContent = "Press Ctrl+C to copy";
  }
  setTimeout(() => (button.textContent = label), 3000);
});
