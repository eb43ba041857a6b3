// Arrows and the curve on their way from what they were to what they are.

/** The ends and corners of an arrow: journeys/layout/paths.py draws level and upright stretches in turn, with round corners. */
export function corners(d) {
  const found = [];
  let x, y;
  for (const [, step, numbers] of d.matchAll(/([MHVq])([^MHVq]+)/g)) {
    const [a, b, right, down] = numbers.split(" ").map(Number);
    if (step === "M") found.push([x, y] = [a, b]);
    else if (step === "H") x = a;
    else if (step === "V") y = a;
    else {
      found.push([x + a, y + b]);
      [x, y] = [x + right, y + down];
    }
  }
  return [...found, [x, y]];
}

/** The two ways of an arrow as lines of equally many stretches: only such can become each other. */
function asLines(...ways) {
  const found = ways.map(corners);
  const most = Math.max(...found.map((points) => points.length));
  return found.map((points) => {
    while (points.length < most) {
      const at = points.length >> 1;
      points.splice(at, 0, [0, 1].map((axis) => (points[at - 1][axis] + points[at][axis]) / 2));
    }
    return `M${points.join("L")}`;
  });
}

const steps = (d) => d.replace(/[^A-Z]/g, "");

/** Let a line become what it is out of `old`, what it was. Its words and dots come up where they are. `time` as for animate(). */
export function bend(path, old, time) {
  const now = path.getAttribute("d");
  const drawing = path.parentElement;
  const comeUp = (element) => element.animate({ opacity: [0, 1] }, time);
  const isCurve = drawing.matches(".feel__curve");
  if (isCurve && steps(old) !== steps(now)) return comeUp(drawing);
  const [from, to] = isCurve ? [old, now] : asLines(old, now);
  path.animate({ d: [`path("${from}")`, `path("${to}")`] }, time);
  drawing.querySelectorAll("rect, text, circle").forEach(comeUp);
}
