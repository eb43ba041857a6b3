// An act that waits, in the words of whoever did it.

const KINDS = { touchpoints: "card", emotions: "feeling", stages: "stage", lanes: "lane", connectors: "arrow", handoffs: "handoff" };
const ACTS = {
  "undo/": () => "Undo",
  "redo/": () => "Redo",
  "touchpoints/add/": ({ title }) => `Add “${title}”`,
  "emotions/add/": ({ title }) => `Add the feeling “${title}”`,
  "stages/add/": ({ name }) => `Add the stage “${name}”`,
  "lanes/add/": ({ name }) => (name ? `Add the lane “${name}”` : "Add a lane"),
  "lanes/add-all/": () => "Add a lane for each role",
  "lines/paste/": ({ lines }) => `Paste ${lines.split("\n").filter((line) => line.trim()).length} lines`,
  "rename/": ({ title }) => `Call the journey “${title}”`,
  "save-as-template/": ({ name }) => `Save as the template “${name}”`,
};
const VERBS = { move: "Move", remove: "Delete", edit: "Change", duplicate: "Duplicate", connect: "Connect", "hand-off": "Hand over", turn: "Turn round", package: "Fill the package of" };

export function inWords({ path, body }, map) {
  const values = Object.fromEntries(body);
  if (path in ACTS) return ACTS[path](values);
  const [kind, id, verb] = path.split("/");
  if (kind === "selection") return `${VERBS[id] ?? "Paste"} ${JSON.parse(values.elements ?? values.places).length} cards`;
  if (!(kind in KINDS)) return "Change the map";
  const name = nameOf(kind, id, map);
  const what = name ? `“${name}”` : `the ${KINDS[kind]}`;
  const renamed = verb === "edit" && (values.title ?? values.name);
  if (renamed) return `Rename the ${KINDS[kind]} to “${renamed}”`;
  const fields = verb === "edit" ? `: ${Object.keys(values).filter((field) => !field.startsWith("was-")).map((field) => field.replace(/_/g, " ")).join(", ")}` : "";
  return `${VERBS[verb] ?? "Change"} ${what}${fields}`;
}

function nameOf(kind, id, map) {
  if (kind === "stages" || kind === "lanes") return document.getElementById(`${kind.slice(0, -1)}-${id}`)?.dataset.name;
  const card = map.querySelector(`[data-element="${kind}/${id}/"]`);
  return card?.getAttribute("aria-label")?.split(`, ${card.dataset.kind}, `)[0];
}

/** What somebody wrote in it, without ids, places and choices. */
export function typedIn({ body }) {
  const isTyped = ([name, value]) => /^(title|name|lines|notes|item|where|reader|reason|answer|summary)$|_?text|view|goal|why/.test(name) || /\s/.test(value);
  return body.filter(([name, value]) => !name.startsWith("was-") && value.trim() && !/^[[{]/.test(value)).filter(isTyped).map(([, value]) => value).join("\n");
}
