// At the edges of the view the map goes on moving under a pointer that drags, also one that rests; the nearer to the edge, the faster.

const BAND = 70; // pixels inside of the free part of the view
const [SLOWEST, FASTEST] = [120, 1600]; // pixels a second

/** What labels, heads and feelings of a map leave free of the view, in pixels of the window: {x: [left, right], y: [top, bottom]}. */
export function free(view) {
  const box = view.getBoundingClientRect();
  const corner = view.querySelector(".map__corner")?.getBoundingClientRect();
  const feel = view.querySelector(".feel")?.getBoundingClientRect();
  return { x: [corner?.right ?? box.left, box.right], y: [corner?.bottom ?? box.top, Math.min(feel?.top ?? box.bottom, box.bottom)] };
}

const MEANT = 16; // pixels towards an edge that are no mere trembling

/** Pixels a second. Only towards where one drags: whoever takes a card at the edge does not want to leave yet. */
function speed(at, [low, high], way) {
  const band = Math.min(BAND, (high - low) / 4);
  const deep = way < 0 ? (low + band - at) / band : (at - high + band) / band;
  return deep > 0 && Math.abs(way) > MEANT ? Math.sign(way) * (SLOWEST + (FASTEST - SLOWEST) * Math.min(deep, 1) ** 2) : 0;
}

/** Scrolls, and calls moved(), until the function it returns is called. `pointer()` is {x, y, wayX, wayY}, `axes` "x", "y" or "xy". */
export function scrollAtEdges(view, axes, pointer, moved) {
  let last = performance.now();
  let frame = requestAnimationFrame(function step(now) {
    const [bounds, { x, y, wayX, wayY }] = [free(view), pointer()];
    const seconds = Math.min(now - last, 50) / 1000;
    last = now;
    const left = axes.includes("x") ? speed(x, bounds.x, wayX) * seconds : 0;
    const top = axes.includes("y") ? speed(y, bounds.y, wayY) * seconds : 0;
    if (left || top) {
      view.scrollBy({ left, top, behavior: "instant" });
      moved();
    }
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}
