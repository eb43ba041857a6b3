// What an act moves glides to its new place, on the page of whoever moved it and on everybody else's: told by what htmx changes, so that
// it is all one which way the change came. Arrows and the curve bend along. It is loaded by itself, when the map is there: without it
// things stand where they belong all the same.

import { bend, corners } from "./bend_lines.js";

const map = document.getElementById("map");
const view = map.parentElement;
/** A frame of it has gone already when it is first seen: nobody is shown for longer where something no longer stands. */
const TIME = { duration: 200, delay: -17, easing: "cubic-bezier(0.2, 0.6, 0.2, 1)" };
const MOST = 150; // so many things move at once; more would move in jerks
const NEAR = 180; // pixels of the map beside what one sees of it

const WATCHED = { style: ".card, .cloud, .handoff", d: ".wire path:first-child, .feel__designed", cx: ".feel__dot", cy: ".feel__dot" };
let before = new Map(); // element -> {attribute: what it was in the last frame}
const flights = new WeakMap();

new MutationObserver((changes) => {
  if (document.hidden) return;
  const isFirst = !before.size;
  for (const { target, attributeName: name, oldValue } of changes) {
    if (oldValue === null || !target.matches(WATCHED[name])) continue;
    if (!before.has(target)) before.set(target, {});
    before.get(target)[name] ??= oldValue;
  }
  // Not now: whoever scrolls to what has moved, in the same turn, is to find it where it goes.
  if (isFirst && before.size) requestAnimationFrame(glide);
}).observe(map, { subtree: true, attributeOldValue: true, attributeFilter: Object.keys(WATCHED) });

function glide() {
  const was = before;
  before = new Map();
  const inView = sight();
  const flying = [...was].flatMap(([element, old]) => (old.style ? flight(element, old.style, inView) : []));
  const bending = [...was].filter(([element, { d }]) => d && d !== element.getAttribute("d") && isSeen(element, d, inView));
  if (flying.length + bending.length > MOST || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [element, x, y] of flying) flights.set(element, element.animate({ translate: [`${x}px ${y}px`, "0px 0px"] }, TIME));
  for (const [element, { d }] of bending) bend(element, d, was, TIME);
}

/** Whether a point of the map is in sight, or nearly. */
function sight() {
  const zoom = Number(map.style.getPropertyValue("--zoom")) || 1;
  const [left, top, width, height] = [view.scrollLeft, view.scrollTop, view.clientWidth, view.clientHeight].map((length) => length / zoom);
  return (x, y = top) => x > left - NEAR && x < left + width + NEAR && y > top - NEAR && y < top + height + NEAR;
}

const number = (style, pattern) => Number(style.match(pattern)?.[1] ?? 0);

/** Where a style puts things: its place, and how far from there it has been dragged. */
function standing(style) {
  const [x, y] = [number(style, /--x:\s*([-\d.]+)/), number(style, /--y:\s*([-\d.]+)/)];
  return { x, y, seenX: x + number(style, /translate:\s*([-\d.]+)px/), seenY: y + number(style, /translate:\s*\S+ ([-\d.]+)px/) };
}

/** [[element, x, y]]: so far from its new place it begins; nothing if it does not move, is in somebody's hand or out of sight. */
function flight(element, style, inView) {
  const [from, to] = [standing(style), standing(element.style.cssText)];
  const last = flights.get(element);
  if (element.matches(".is-dragging")) last?.cancel();
  let [x, y] = [from.seenX - to.seenX, from.seenY - to.seenY];
  const sticks = element.matches(".feel *");
  const seen = [from, to].some((at) => inView(at.x, sticks ? undefined : at.y));
  if (element.matches(".is-dragging, :has(textarea)") || !(x || y) || !seen) return [];
  if (last?.playState === "running") {
    // It was on its way: from where it is now.
    const now = `translate: ${getComputedStyle(element).translate}`;
    x += standing(now).seenX;
    y += standing(now).seenY;
  }
  return [[element, x, y]];
}

const isSeen = (element, was, inView) => element.matches(".feel *") || [was, element.getAttribute("d")].some((d) => corners(d).some((at) => inView(...at)));
