// The journey as a presentation: first the whole of it, then stage by stage, with nothing around. It takes what it needs of the canvas as
// arguments, so that it can be loaded by itself.

const KEYS = { ArrowRight: 1, " ": 1, PageDown: 1, Enter: 1, ArrowLeft: -1, PageUp: -1, Backspace: -1, Home: -1e3, End: 1e3 };
const SMALLEST = 0.6; // smaller, a stage's cards cannot be read: rather scroll down
const LARGEST = 2;

/** Resolves when it is over. Raises if what is to be said could not be fetched. */
export async function present({ map, scale, stages, zoomTo, FEEL, LABEL }) {
  const answer = await fetch(`${map.dataset.base}present/`);
  if (!answer.ok || answer.redirected) throw new Error(answer.status);
  const view = map.parentElement;
  const was = { zoom: scale(), left: view.scrollLeft, top: view.scrollTop, focus: document.activeElement };
  const holder = document.createElement("div");
  holder.innerHTML = await answer.text();
  const section = holder.firstElementChild;
  const screens = [...section.querySelectorAll(".present__screen")];
  const [before, after] = section.querySelectorAll(".present__shade");
  const over = new AbortController();
  let at = 0;

  function show(index) {
    at = Math.min(Math.max(index, 0), screens.length - 1);
    screens.forEach((screen, n) => (screen.hidden = n !== at));
    section.querySelector("[data-step-shown]").textContent = at ? `${at} of ${screens.length - 1}` : "The whole journey";
    section.querySelector('[data-step="-1"]').disabled = at === 0;
    section.querySelector('[data-step="1"]').disabled = at === screens.length - 1;
    place();
  }

  const shown = () => document.getElementById(`stage-${screens[at].dataset.stage}`);

  /** As large as it fits: the journey, or a stage beside the labels of its lanes, in the middle of what is left. */
  function place() {
    const { w, h } = document.getElementById("map-size").dataset;
    const label = map.querySelector(".map__corner").getBoundingClientRect().width / scale();
    const stage = shown();
    const width = stage ? stage.dataset.slots * 176 : w - LABEL;
    const [wide, high] = [view.clientWidth / (label + width), view.clientHeight / (Number(h) + FEEL)];
    const zoom = Math.min(wide, stage ? Math.max(high, SMALLEST) : high, LARGEST);
    zoomTo(zoom);
    const free = view.clientWidth - (label + width) * zoom;
    view.scrollTo({ left: stage ? (stage.dataset.x - LABEL) * zoom - free / 2 : 0, top: 0, behavior: "instant" });
    shade();
  }

  function shade() {
    const [stage, box] = [shown(), view.getBoundingClientRect()];
    before.hidden = after.hidden = !stage;
    if (!stage) return;
    const at = stage.getBoundingClientRect();
    const labels = map.querySelector(".map__corner").getBoundingClientRect().right;
    const cover = (one, left, right) => (one.style.cssText = `left:${left}px;width:${Math.max(right - left, 0)}px;top:${box.top}px;height:${box.height}px`);
    cover(before, labels, at.left);
    cover(after, at.right, box.right);
  }

  const on = (target, type, act, capture = true) => target.addEventListener(type, act, { capture, signal: over.signal });
  const isButton = (event) => event.target.closest?.(".present button");

  return new Promise((resolve) => {
    function end() {
      if (over.signal.aborted) return;
      over.abort();
      sizes.disconnect();
      section.remove();
      document.body.classList.remove("is-presenting");
      if (document.fullscreenElement) document.exitFullscreen();
      zoomTo(was.zoom);
      view.scrollTo({ left: was.left, top: was.top, behavior: "instant" });
      if (was.focus?.isConnected) was.focus.focus({ preventScroll: true });
      resolve();
    }

    // Nothing but the presentation hears keys and pointers: no card opens, none is dragged.
    on(window, "keydown", (event) => {
      if (event.key === "Escape") end();
      else if (isButton(event) && ["Enter", " "].includes(event.key)) return;
      else if (event.key in KEYS && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        show(at + (event.shiftKey && event.key === " " ? -1 : KEYS[event.key]));
      }
      event.stopPropagation();
    });
    for (const type of ["pointerdown", "pointermove", "pointerover", "dblclick"]) {
      on(window, type, (event) => isButton(event) || event.stopPropagation());
    }
    on(window, "click", (event) => {
      event.stopPropagation();
      event.preventDefault();
      const button = isButton(event);
      if (button?.dataset.step === "end") end();
      else if (button) show(at + Number(button.dataset.step));
      else show(at + (event.clientX < innerWidth / 2 ? -1 : 1));
    });
    on(document, "fullscreenchange", () => document.fullscreenElement || end());
    on(view, "scroll", shade);
    on(map, "map:refreshed", place);
    const sizes = new ResizeObserver(() => place());

    document.body.classList.add("is-presenting");
    view.closest("main").prepend(section);
    show(0);
    sizes.observe(view);
    section.focus({ preventScroll: true });
  });
}
