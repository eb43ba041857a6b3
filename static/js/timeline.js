// A customer's journey on its map: it begins where the customer is, the arrows walk the cards, and a card opens what it has been and will be.

const LABEL = 148; // the layout's width of the labels of the lanes
const PEEK = 60; // pixels of the stage before that one still sees

/** Bring the stage where the customer is to the left edge, beside the labels. */
function toNow(view) {
  const stage = view.querySelector("[data-now]");
  if (stage) view.scrollLeft = stage.dataset.x - LABEL - (Number(stage.dataset.x) > LABEL ? PEEK : 0);
}

/** One card at a time is in the tab order: at first one that waits for somebody, or the first in the stage where the customer is. */
function arrive(view) {
  view.dataset.arrived = "";
  toNow(view);
  const cards = [...view.querySelectorAll("[data-card]")];
  const from = Number(view.querySelector("[data-now]")?.dataset.x ?? 0);
  const first = view.querySelector(".is-overdue, .is-today, .is-next") ?? cards.find((card) => card.dataset.x >= from) ?? cards[0];
  for (const card of cards) card.tabIndex = card === first ? 0 : -1;
  const button = view.parentElement.querySelector("[data-to-now]");
  if (button) button.hidden = view.scrollWidth <= view.clientWidth;
}

const arriveAll = () => document.querySelectorAll("[data-view]:not([data-arrived])").forEach(arrive);

function stand(card) {
  card.closest("[data-view]").querySelectorAll('[tabindex="0"]').forEach((other) => (other.tabIndex = -1));
  card.tabIndex = 0;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const WAYS = { ArrowLeft: ["x", -1], ArrowRight: ["x", 1], ArrowUp: ["y", -1], ArrowDown: ["y", 1] };

/** The card nearest that way; what lies aside counts four times. */
function beside(card, key) {
  const [axis, sign] = WAYS[key];
  const across = axis === "x" ? "y" : "x";
  const far = (other) => (other.dataset[axis] - card.dataset[axis]) * sign;
  const aside = (other) => Math.abs(other.dataset[across] - card.dataset[across]) * 4;
  const there = [...card.closest("ul").querySelectorAll("[data-card]")].filter((other) => far(other) > 0);
  return there.sort((a, b) => far(a) + aside(a) - far(b) - aside(b))[0];
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
  dialog.showModal();
  dialog.querySelector("h2").focus();
}

document.addEventListener("click", (event) => {
  const now = event.target.closest("[data-to-now]");
  if (now) toNow(now.closest("[data-timeline]").querySelector("[data-view]"));
  if (event.target.matches("[data-card-dialog]")) event.target.close(); // beside it
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
arriveAll();
