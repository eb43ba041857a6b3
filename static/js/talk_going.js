// To a thread: its element comes into view, its panel opens, and the thread is at hand.

/** Scroll the panel, and nothing around it, until an element stands at its top. */
function bring(element, panel) {
  const below = element.getBoundingClientRect().top - panel.getBoundingClientRect().top;
  panel.scrollTop += below - 50;
}

/** A section of comments in view, with what is in it: it is fetched when one first looks at it. */
export async function looked(section, panel) {
  bring(section, panel);
  if (section.childElementCount < 2) await new Promise((done) => section.addEventListener("htmx:after:swap", done, { once: true }));
  bring(section, panel);
}

/** `about`: the path of its element, "" if that is gone or it is about the whole map, null if it must be asked for. */
export async function goTo(thread, about, { elementOf, map, openPanel, panel, say }) {
  const path = about ?? (await ask());
  if (path === undefined) return say("That comment is not there any more.", true);
  const element = path && elementOf(path);
  if (!element) return open(`threads/${thread}/`);
  await openPanel(path);
  if (element.matches(".card, .cloud, .stage, .lane__label")) (element.closest(".lane__label")?.parentElement ?? element).dispatchEvent(new Event("map:go", { bubbles: true }));
  else element.scrollIntoView({ block: "nearest", inline: "center" });
  const section = panel.querySelector("[data-talk-list]");
  if (!section) return; // somebody has closed it already
  await looked(section, panel);
  if (!show()) open(`threads/${thread}/`);

  async function ask() {
    const answer = await fetch(`${map.dataset.base}threads/${encodeURIComponent(thread)}/place/`).catch(() => null);
    return answer?.ok && !answer.redirected ? (await answer.json()).about : undefined;
  }

  async function open(alone) {
    await openPanel(alone);
    show() || panel.querySelector("#talk-title")?.focus();
  }

  function show() {
    const found = document.getElementById(`thread-${thread}`);
    if (!found) return false;
    const folded = found.closest("details");
    if (folded) folded.open = true;
    bring(found, panel);
    found.focus({ preventScroll: true });
    return true;
  }
}
