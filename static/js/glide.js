// What an act moves glides to its new place, on the page of whoever moved it and on everybody else's: told by what htmx changes, so that
// it is all one which way the change came. Arrows and the curve bend along.

import { map } from "./acts.js";
import { bend, corners } from "./bend_lines.js";
import { scale } from "./places.js";

const view = map.parentElement;
/** A frame of it has gone already when it is first seen: nobody is shown for longer where something no longer stands. */
const TIME = { duration: 200, delay: -17, easing: "cubic-bezier(0.2, 0.6, 0.2, 1)" };
const MOST = 100; // so many things move at once; more would move in jerks
const NEAR = 90; // pixels of the map beside what one sees of it

const WATCHED = { style: ":is(.card, .cloud):not(.is-dragging), .handoff", d: ".wire path:first-child, .feel__designed" };
let before = new Map(); // element -> its style or path as it was in the last frame
const flights = new WeakMap();

new MutationObserver((changes) => {
  if (document.hidden) return;
  const isFirst = !before.size;
  for (const { target, attributeName, oldValue } of changes) {
    if (oldValue !== null && !before.has(target) && target.matches(WATCHED[attributeName])) before.set(target, oldValue);
  }
  // Not now: whoever scrolls to what has moved, in the same turn, is to find it where it goes.
  if (isFirst && before.size) requestAnimationFrame(glide);
}).observe(map, { subtree: true, attributeOldValue: true, attributeFilter: Object.keys(WATCHED) });

function glide() {
  const [was, inView] = [[...before], sight()];
  before = new Map();
  const flying = was.map(([element, old]) => element.style.length && flight(element, old, inView)).filter(Boolean);
  const bending = was.filter(([element, old]) => isBent(element, old, inView));
  if (flying.length + bending.length > MOST || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const handles = map.querySelector(".handles"); // of the card that one points at: put to where it goes, they come along
  for (const [element, x, y] of flying) {
    const fly = (one) => one.animate({ translate: [`${x}px ${y}px`, "0px 0px"] }, TIME);
    flights.set(element, fly(element));
    if (handles?.style.cssText === element.style.cssText) fly(handles);
  }
  for (const [element, old] of bending) bend(element, old, TIME);
}

/** Whether a point of the map is in sight, or nearly. */
function sight() {
  const [left, top, width, height] = [view.scrollLeft, view.scrollTop, view.clientWidth, view.clientHeight].map((length) => length / scale());
  return (x, y = top) => x > left - NEAR && x < left + width + NEAR && y > top - NEAR && y < top + height + NEAR;
}

/** Where a style puts things: [x, y] of the place, and how far from there they are dragged or flown. */
function standing(style) {
  const number = (pattern) => Number(style.match(pattern)?.[1] ?? 0);
  return [number(/--x:\s*([-\d.]+)/), number(/--y:\s*([-\d.]+)/), number(/translate:\s*([-\d.]+)px/), number(/translate:\s*\S+ ([-\d.]+)px/)];
}

/** [element, x, y]: so far from its new place it begins; nothing if it does not move, is in somebody's hand or out of sight. */
function flight(element, old, inView) {
  const [[oldX, oldY, farX, farY], [newX, newY, heldX, heldY]] = [standing(old), standing(element.style.cssText)];
  let [x, y] = [oldX + farX - newX - heldX, oldY + farY - newY - heldY];
  const last = flights.get(element);
  if (!(x || y) || element.matches(".is-dragging")) return;
  const sticks = element.matches(".feel *"); // whatever is scrolled down to
  if (!inView(oldX, sticks ? undefined : oldY) && !inView(newX, sticks ? undefined : newY)) return;
  if (last?.playState === "running") {
    const [, , onX, onY] = standing(`translate: ${getComputedStyle(element).translate}`); // it was on its way
    [x, y] = [x + onX, y + onY];
  }
  return [element, x, y];
}

function isBent(element, old, inView) {
  const now = element.getAttribute("d");
  return now && now !== old && (element.matches(".feel *") || [old, now].some((d) => corners(d).some((at) => inView(...at))));
}
