// A customer's journey on its map: it begins where the customer is, the arrows walk the cards, and a card opens what it has been and will be.

const LABEL = 148; // the layout's width of the labels of the lanes
const PEEK = 60; // pixels of the stage before that one still sees
const slim = matchMedia("(max-width: 700px)"); // there it is a list, stage under stage

/** Bring a stage into view: beside the labels of the lanes, or to the top of the list. */
function toStage(view, index, behavior = "instant") {
  const group = view.querySelectorAll(".timeline__stage")[index];
  const top = view.scrollTop + group.getBoundingClientRect().top - view.getBoundingClientRect().top - 10;
  const left = Math.max(view.querySelectorAll(".stage")[index].dataset.x - LABEL - PEEK, 0);
  view.scrollTo(slim.matches ? { top, behavior } : { left, behavior });
}

/** Where the customer is. In a long journey its button among those of the stages has to be found as well. */
function toNow(view) {
  const button = view.closest("[data-timeline]").querySelector("[data-to-stage][aria-current]");
  if (!button) return;
  toStage(view, Number(button.dataset.toStage));
  const ways = button.closest("[data-ways]");
  ways.scrollLeft = button.offsetLeft - 40;
}

/** One card at a time is in the tab order: at first the one that waits for somebody, or the first in the stage where the customer is. */
function arrive(view) {
  view.dataset.arrived = "";
  toNow(view);
  const cards = [...view.querySelectorAll("[data-card]")];
  const first = view.querySelector("[data-now] :is(.is-overdue, .is-today, .is-next)") ?? view.querySelector("[data-now] [data-card]") ?? cards[0];
  for (const card of cards) card.tabIndex = card === first ? 0 : -1;
  if (first && !slim.matches) {
    const below = Number(first.dataset.y) + first.offsetHeight + 20 - view.clientHeight;
    if (below > 0) view.scrollTop = below;
  }
}

const arriveAll = () => document.querySelectorAll("[data-view]:not([data-arrived])").forEach(arrive);

function stand(card) {
  for (const other of card.closest("[data-view]").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  card.tabIndex = 0;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const WAYS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };

/** The card nearest that way; what lies aside counts four times. In a list, the one before or after. */
function beside(card, key) {
  const [axis, sign] = WAYS[key];
  const cards = [...card.closest("[data-view]").querySelectorAll("[data-card]")];
  if (slim.matches) return cards[cards.indexOf(card) + sign];
  const across = axis === "x" ? "y" : "x";
  const far = (other) => (other.dataset[axis] - card.dataset[axis]) * sign;
  const way = (other) => far(other) + Math.abs(other.dataset[across] - card.dataset[across]) * 4;
  return cards.filter((other) => far(other) > 0).sort((a, b) => way(a) - way(b))[0];
}

async function open(card) {
  const dialog = card.closest("[data-timeline]").querySelector("[data-card-dialog]");
  try {
    const answer = await fetch(card.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    dialog.innerHTML = await answer.text();
  } catch {
    location.href = card.href; // the page of its own says what is the matter
    return;
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("h2").focus();
}

document.addEventListener("click", (event) => {
  const to = event.target.closest("[data-to-stage]");
  if (to) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    toStage(to.closest("[data-timeline]").querySelector("[data-view]"), Number(to.dataset.toStage), still ? "instant" : "smooth");
  }
  if (event.target.matches("[data-card-dialog]")) event.target.close(); // beside what it says
  const card = event.target.closest("[data-card]");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stand(card);
  open(card);
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || !(event.key in WAYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const next = beside(card, event.key);
  if (next) stand(next);
});

document.addEventListener("htmx:after:swap", arriveAll);
for (const trouble of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(trouble, ({ target }) => {
    const said = target.querySelector?.("[data-loading]");
    if (said) said.textContent = "The journey could not be loaded."; // a link beside it says where else it is
  });
}
arriveAll();
