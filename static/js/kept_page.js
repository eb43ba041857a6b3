// Keeps the map as one sees it, and the files it is made of, for opening it without a connection: see offline_worker.js.

const MAPS = "touchline-maps";
const FILES = "touchline-files";
const MOST_MAPS = 10;
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // in production: what has the same name is the same
const MOST_FILES = 300; // of several builds: then they are fetched anew
const own = `${MAPS}:${document.body.dataset.member}`;
const page = location.pathname;
let shown = null; // the page as it came, without what happened since
let keptAt = null;

const revision = () => document.getElementById("map-size").dataset.revision;

/** Begins to keep. `without(work)` runs `work` while the map is without what waits: that is drawn again from the queue. */
export async function begin(map, without, isTroubled) {
  if (!(await navigator.serviceWorker?.register("/offline-worker.js"))) return;
  for (const name of await caches.keys()) if (name.startsWith(MAPS) && name !== own) await caches.delete(name);
  const answer = await fetch(page, { cache: "force-cache", redirect: "error" }).catch(() => caches.match(page));
  if (!answer?.ok) return;
  shown = { text: await answer.text(), headers: [...answer.headers].filter(([name]) => !/^content-(encoding|length)$/.test(name)) };
  await put(await caches.open(own), map, without);
  const keep = () => update(map, without);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  document.addEventListener("acts:queue", () => isTroubled() && keep());
  addEventListener("offline", keep);
  await keepFiles();
}

/** Where the maps kept were taken away, because somebody has signed out, none is kept any more. */
async function update(map, without) {
  if (keptAt === revision() || !(await caches.has(own))) return;
  await put(await caches.open(own), map, without);
  await keepFiles();
}

async function put(cache, map, without) {
  keptAt = revision();
  const whole = new DOMParser().parseFromString(shown.text, "text/html");
  without(() => whole.getElementById("map").replaceWith(whole.adoptNode(map.cloneNode(true))));
  for (const passing of whole.querySelectorAll("#map :is(.place, .handles, .unsaved)")) passing.remove();
  for (const element of whole.querySelectorAll("#map [data-htmx-powered]")) element.removeAttribute("data-htmx-powered");
  whole.getElementById("journey-title").textContent = document.getElementById("journey-title").textContent;
  const body = `<!doctype html>\n${whole.documentElement.outerHTML}`;
  await cache.delete(page); // the last one put is the last of the keys
  await cache.put(page, new Response(body, { headers: shown.headers }));
  for (const old of (await cache.keys()).slice(0, -MOST_MAPS)) await cache.delete(old);
}

async function keepFiles() {
  if ((await (await caches.open(FILES)).keys()).length > MOST_FILES) await caches.delete(FILES);
  const cache = await caches.open(FILES);
  const used = performance.getEntriesByType("resource").map(({ name }) => name.split("#")[0]);
  for (const address of new Set(used)) {
    if (!address.startsWith(`${location.origin}/static/`) || (HASHED.test(address) && (await cache.match(address)))) continue;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) await cache.put(address, answer);
  }
}
