// What a page is given: words, language, session, API, store, socket, positions, clock and toasts, made once per page load.
import { Api } from "./api.js";
import { loadAreaNames } from "./areas.js";
import { ServerClock } from "./clock.js";
import { Latin } from "./latin.js";
import { Positions } from "./positions.js";
import { openSession, toLogin } from "./session.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { Toasts } from "./toast.js";
import { Words } from "./words.js";

/**
 * @typedef {object} App
 * @property {Words} words
 * @property {Words["t"]} t shorthand of `words.t`
 * @property {Api} api
 * @property {ServerClock} clock
 * @property {Store} store
 * @property {Positions} positions
 * @property {Socket} socket started with `app.connect()`
 * @property {Toasts} toast
 * @property {import("./session.js").Session} session set once `ready` has resolved
 * @property {Latin} latin names of persons, roads and facilities for who reads English
 * @property {import("./areas.js").AreaNames} areas set once `ready` has resolved
 * @property {Promise<void>} ready words, session and area names are there
 * @property {() => void} connect opens the one socket of this page
 */

/**
 * An import changed layers: names come first, so that whatever is drawn anew has them. Nothing that somebody types is touched.
 * @param {App} app @param {string[]} layers
 */
async function renew({ api, areas, latin, socket, t, toast, words }, layers) {
  areas.take(await loadAreaNames(api, words));
  void latin.forget();
  socket.dispatchEvent(new CustomEvent("layers", { detail: layers }));
  const named = layers.filter((layer) => words.has(`layer.${layer}`)).map((layer) => t(`layer.${layer}`));
  // A wall has no reader who would wonder.
  if (named.length && !document.querySelector('[data-page="wall"]')) toast.show(t("map.renewed", { layers: named.join(" · ") }), "note");
}

/** @returns {App} */
export function createApp() {
  const words = new Words();
  const api = new Api();
  const clock = new ServerClock();
  const store = new Store();
  const positions = new Positions(clock);
  const socket = new Socket({ store, positions, clock });
  const toast = new Toasts(words);
  const latin = new Latin(words, (path) => api.get(path));
  /** @type {any} */
  const app = { words, t: words.t.bind(words), api, clock, store, positions, socket, toast, latin };
  app.connect = () => socket.open();
  socket.addEventListener("refused", toLogin);
  socket.addEventListener("ground", (event) => void renew(app, /** @type {CustomEvent} */ (event).detail));
  app.ready = Promise.all([words.load(), openSession(api)]).then(async ([, session]) => {
    app.session = session;
    socket.ground = session.ground;
    [app.areas] = await Promise.all([loadAreaNames(api, words), latin.load()]);
  });
  return app;
}
