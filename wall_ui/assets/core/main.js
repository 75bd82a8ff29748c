// The entry of every Dash page: finds `[data-page]` when Dash has drawn it, and hands it to that page's module.
//
// A page's module is `/assets/<page>/main.js` and exports `mount(root, app)`, which may return a function that undoes it.
import { createApp } from "./app.js";

/** @type {Map<Element, () => void>} */
const mounted = new Map();
const app = createApp();

async function mountPage(/** @type {HTMLElement} */ root) {
  mounted.set(root, () => {});
  await app.ready;
  app.words.fill(root);
  const page = await import(`../${root.dataset.page}/main.js`);
  if (!root.isConnected) return;
  const unmount = await page.mount(root, app);
  mounted.set(root, unmount ?? (() => {}));
}

function look() {
  for (const [root, unmount] of mounted) {
    if (root.isConnected) continue;
    mounted.delete(root);
    unmount();
  }
  for (const root of document.querySelectorAll("[data-page]")) {
    if (!mounted.has(root)) void mountPage(/** @type {HTMLElement} */ (root));
  }
}

new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
look();
