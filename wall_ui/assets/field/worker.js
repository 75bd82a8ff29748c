// Keeps the page and its parts for when there is no network. Data are not its business: main.js remembers those.
const CACHE = "wall-field-1";
const WAIT_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(others.then(() => self.clients.claim()));
});

// The page's first visit was not ours to see; it tells what it is made of.
self.addEventListener("message", (event) => {
  if (event.data?.type !== "keep") return;
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.allSettled(event.data.urls.map((url) => cache.add(url)))));
});

const isOurs = (url) => url.origin === self.location.origin && (url.pathname === "/field" || url.pathname.startsWith("/assets/"));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && isOurs(url)) event.respondWith(newestOrKept(event.request));
});

async function newestOrKept(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  const slow = new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), kept ? WAIT_MS : 60_000));
  try {
    const answer = await Promise.race([fetch(request), slow]);
    // A redirect to the log-in is an answer, and no page of ours to keep.
    if (answer.ok && !answer.redirected) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}
