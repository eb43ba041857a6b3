// A card, a feeling or a stage that the server does not know yet, in as few strokes as it takes to recognise and to take hold of it.

const CLOUD = "M22 46C6 46 2 32 14 27C8 12 30 6 40 14C48 0 74 0 82 10C96 0 120 4 122 18C142 16 150 40 130 46Z"; // as rendering.py draws it

const made = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

export function newCard(address, values, place, row) {
  const isFeeling = address.startsWith("emotions/");
  const kind = isFeeling ? "emotion" : (values.kind ?? (row.matches(".lane--outside") ? "event" : "touchpoint"));
  const card = made("div", `${isFeeling ? "cloud" : `card card--${kind}`} is-waiting`);
  card.id = `waiting-${values.id}`; // the card itself comes beside it before this goes
  card.tabIndex = -1;
  card.setAttribute("role", "gridcell");
  card.setAttribute("aria-colindex", place.column + 2);
  card.setAttribute("aria-label", `${values.title}, ${kind}, ${place.stageName}, waits to be sent`);
  Object.assign(card.dataset, { element: address, kind });
  if (isFeeling) card.append(...insideOfCloud(card, values));
  else card.append(made("span", "card__title", values.title), made("span", "card__meta", "waits"));
  return card;
}

function insideOfCloud(card, { title, level }) {
  card.innerHTML = `<svg class="cloud__shape" viewBox="0 0 148 52" preserveAspectRatio="none" aria-hidden="true"><path d="${CLOUD}"/></svg>`;
  card.style.setProperty("--w", 148);
  const text = made("span", "cloud__text");
  text.append(made("b", "", `${level > 0 ? "+" : ""}${level}`.replace("-", "−")), ` ${title}`);
  return [text];
}

export function newStage(name, x, slot) {
  const stage = made("div", "stage stage--waiting", name);
  stage.setAttribute("role", "columnheader");
  Object.assign(stage.dataset, { x, slots: 1.5 });
  stage.style.cssText = `--x:${x};--w:${slot * 1.5}`;
  return stage;
}
