// What one has begun to write is kept in the browser until it is sent: over another panel, a reload, a lost connection.

const keyOf = (form) => `touchline-draft:${document.getElementById("map").dataset.base}${form.dataset.talkForm}${form.elements.about.value}`;

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export function keep(form, more = {}) {
  const text = form.elements.text.value;
  try {
    if (text) sessionStorage.setItem(keyOf(form), JSON.stringify({ ...stored(keyOf(form)), text, ...more }));
    else sessionStorage.removeItem(keyOf(form));
  } catch {} // a full store, or none: the box still has it
}

/** Once for each box: what had been typed in it is there again. */
export function recall(form) {
  if ("recalled" in form.dataset) return;
  form.dataset.recalled = "";
  const { text, chosen } = stored(keyOf(form));
  if (chosen) form.dataset.chosen = JSON.stringify(chosen);
  if (!text) return;
  form.elements.text.value = text;
  const details = form.closest("details");
  if (details) details.open = true;
}

export function forget(form) {
  try {
    sessionStorage.removeItem(keyOf(form));
  } catch {}
}

/** The ids of the comment in the making. They stay the same however often it is sent. */
export function idsOf(form, newId) {
  const ids = stored(keyOf(form)).ids ?? { thread: newId(), comment: newId() };
  keep(form, { ids });
  return ids;
}

/** Who stands behind the names that were chosen in a box: label -> member id. */
export const chosenIn = (form) => JSON.parse(form.dataset.chosen || "{}");

export function choose(form, label, id) {
  const chosen = { ...chosenIn(form), [label]: id };
  form.dataset.chosen = JSON.stringify(chosen);
  keep(form, { chosen });
}
