// The arrow that is being drawn, in the window's own pixels: whatever the map's zoom, it ends under the pointer.

const holder = document.createElement("div");
holder.setAttribute("aria-hidden", "true");

/** Draw from a card to a point, or to the edge of an element. A handoff leaves from below, an arrow from the right. */
export function drawLine(way, card, to, loose = false) {
  const from = card.getBoundingClientRect();
  const isHand = way === "hand";
  const x = isHand ? from.left + from.width / 2 : from.right;
  const y = isHand ? from.bottom : from.top + from.height / 2;
  const box = to.getBoundingClientRect?.();
  const [tx, ty] = box ? [box.left, box.top + Math.min(box.height, 90) / 2] : [to.x, to.y];
  const bend = Math.min(60, Math.abs(tx - x) / 2 + Math.abs(ty - y) / 4);
  const first = isHand ? `${x} ${y + bend}` : `${x + bend} ${y}`;
  holder.innerHTML = `<svg class="draft draft--${way}${loose ? " draft--loose" : ""}"><path d="M${x} ${y}C${first} ${tx - bend} ${ty} ${tx} ${ty}"/></svg>`;
  document.body.append(holder);
}

export const eraseLine = () => holder.remove();
