// The list of changes: its filters open it anew, and it goes on while people draw. Loaded by looking_back.js.

const panel = document.getElementById("panel");
const map = document.getElementById("map");
const list = () => document.getElementById("history-list");
let path = ""; // of the list that is shown
let open = null;

/** `openPanel` as in panel.js, which this file must not import: it would be there twice. */
export function show(shown, openPanel) {
  path = shown;
  open = openPanel;
}

panel.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-history-filter]");
  if (!form) return;
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  open(`history/${asked.size ? `?${asked}` : ""}`, target.name);
});

const isBusy = () => list().querySelector(".past__acts[open]") || list().querySelector(".history__day[autofocus]");
let waiting = 0;

/** Comes anew, unless one is at work in it or has gone further back. What one has folded stays folded. */
async function refresh() {
  if (!list() || isBusy()) return;
  const folded = new Map([...list().querySelectorAll(".sitting")].map((sitting) => [sitting.id, sitting.open]));
  await htmx.ajax("GET", map.dataset.base + path, { source: list(), target: list(), select: "#history-list", swap: "outerMorph" });
  for (const [id, isOpen] of folded) {
    const sitting = document.getElementById(id);
    if (sitting) sitting.open = isOpen;
  }
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 500);
}

map.addEventListener("map:refreshed", later);
document.addEventListener("live:named", later);
