// Shows a map as it was last seen when one opens it without a connection. All else goes to the network as if this were not here.
// It is served as /offline-worker.js; what it shows was kept by kept_page.js.

const MAPS = "touchline-maps";
const A_MAP = /^\/w\/[^/]+\/journeys\/[0-9a-f-]{36}\/$/;
const NO_ANSWER = [502, 503, 504]; // a proxy, with nobody behind it
const NOT_YOURS = [0, 403, 404]; // 0: sent to sign in

addEventListener("install", (event) => {
  self.skipWaiting();
  // What a page asks for while one works on it does not even pass by here.
  const past = ["cors", "same-origin"].map((requestMode) => ({ condition: { urlPattern: { pathname: "/w/*" }, requestMode }, source: "network" }));
  event.addRoutes?.(past).catch(() => {});
});
addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const isPage = request.mode === "navigate";
  if (origin !== location.origin) return;
  // Whoever signs in or out leaves no maps to the next.
  if (isPage && request.method === "POST" && pathname.startsWith("/accounts/")) event.waitUntil(forgetMaps());
  if (request.method !== "GET") return;
  if (isPage && A_MAP.test(pathname)) event.respondWith(map(request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
});

async function map(request, pathname) {
  const kept = () => caches.match(pathname);
  try {
    const answer = await fetch(request);
    if (NO_ANSWER.includes(answer.status)) return (await kept()) ?? answer;
    if (NOT_YOURS.includes(answer.status)) for (const name of await mapsKept()) await (await caches.open(name)).delete(pathname);
    return answer;
  } catch {
    return (await kept()) ?? Response.error();
  }
}

const mapsKept = async () => (await caches.keys()).filter((name) => name.startsWith(MAPS));
const forgetMaps = async () => Promise.all((await mapsKept()).map((name) => caches.delete(name)));
