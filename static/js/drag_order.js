// Drag a stage by its header, or a lane by its label, to another place in the order.

import { act, map, mayEdit } from "./acts.js";
import { lanes, stages } from "./places.js";
import { pointerDrag } from "./pointer_drag.js";

/** `all()` are the elements in order, `isBefore` says whether a point is before the middle of one, `line` shows where it would go. */
function reorder({ selector, all, isBefore, line, kind, axes }) {
  let follower;
  const shown = Object.assign(document.createElement("div"), { className: `drop-line drop-line--${kind}` });
  pointerDrag(map, {
    handle: (event) => event.target.closest(selector)?.closest(`.${kind}`),
    axes: () => axes,
    begin: (element) => element.classList.add("is-dragging"),
    move(element, at) {
      const found = all();
      follower = found.find((other) => isBefore(at, other.getBoundingClientRect())) ?? null;
      line(shown, follower, found.at(-1));
    },
    end(element, cancelled) {
      element.classList.remove("is-dragging");
      shown.remove();
      const found = all();
      const stays = follower === element || follower === found[found.indexOf(element) + 1] || (!follower && element === found.at(-1));
      if (cancelled || stays) return;
      act(`${kind}s/${element.id.slice(kind.length + 1)}/move/`, { before: follower ? follower.id.slice(kind.length + 1) : "" });
    },
  });
}

if (mayEdit) {
  reorder({
    selector: ".stage[id]",
    kind: "stage",
    axes: "x",
    all: stages,
    isBefore: ({ x }, box) => x < box.left + box.width / 2,
    line(shown, follower, last) {
      const x = follower ? Number(follower.dataset.x) : Number(last.dataset.x) + last.offsetWidth;
      shown.style.insetInlineStart = `${x - 2}px`;
      map.append(shown);
    },
  });
  reorder({
    selector: ".lane--role > .lane__label",
    kind: "lane",
    axes: "y",
    all: () => lanes().filter((lane) => lane.classList.contains("lane--role")),
    isBefore: ({ y }, box) => y < box.top + box.height / 2,
    line(shown, follower, last) {
      const y = follower ? Number(follower.dataset.y) : Number(last.dataset.y) + last.offsetHeight;
      shown.style.insetBlockStart = `${y - 2}px`;
      map.append(shown);
    },
  });
}
