// The arrow that is being drawn, over everything, in the window's own pixels: whatever the map's zoom, it ends under the pointer.

const SVG = "http://www.w3.org/2000/svg";
const svg = document.createElementNS(SVG, "svg");
const line = document.createElementNS(SVG, "path");
svg.setAttribute("aria-hidden", "true");
svg.append(line);

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
  line.setAttribute("d", `M${x} ${y}C${first} ${tx - bend} ${ty} ${tx} ${ty}`);
  svg.setAttribute("class", `draft draft--${way}${loose ? " draft--loose" : ""}`);
  if (!svg.isConnected) document.body.append(svg);
}

export const eraseLine = () => svg.remove();
