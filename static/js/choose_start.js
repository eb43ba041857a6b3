// A new journey: the title follows what one begins with, as long as one has not typed another; lists turn their pages in place.

const page = document.querySelector("[data-choose-start]");
const title = document.getElementById("title");
const suggested = document.querySelector("#begin [name=suggested]");
const chosen = () => page.querySelector("[name=start]:checked");

page.addEventListener("change", (event) => {
  if (event.target.name !== "start") return;
  if (title.value.trim() === suggested.value || !title.value.trim()) title.value = event.target.dataset.title;
  suggested.value = event.target.dataset.title;
});

/** Fetch another page of a list. What has been chosen comes along, whichever page it is on. */
async function turn(section, address) {
  const url = new URL(address, location.href);
  url.searchParams.set("start", chosen()?.value ?? "");
  const wasIn = section.contains(chosen());
  await htmx.ajax("GET", url.pathname + url.search, { source: section, target: section, select: `#${section.id}`, swap: "outerHTML" });
  const now = document.getElementById(section.id);
  if (!wasIn) for (const input of now.querySelectorAll("[name=start]")) input.checked = false;
  (now.querySelector("input[type=search]") ?? now.querySelector("input"))?.focus({ preventScroll: true });
}

page.addEventListener("click", (event) => {
  const link = event.target.closest(".pager a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  turn(link.closest("section"), link.href);
});

page.addEventListener("submit", (event) => {
  if (event.target.getAttribute("role") !== "search") return;
  event.preventDefault();
  turn(event.target.closest("section"), `?${new URLSearchParams(new FormData(event.target))}`);
});

page.addEventListener("htmx:error", () => {
  document.querySelector(".notices").replaceChildren(Object.assign(document.createElement("p"), { className: "notice notice--error", textContent: "No connection. Try again." }));
});
