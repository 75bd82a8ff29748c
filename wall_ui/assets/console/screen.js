// What the screens of all desks begin with: who sits here, the header, the desk and its keys.
import { mountHeader } from "../core/header.js";
import { Desk } from "./desk.js";

/** @typedef {import("../core/app.js").App} App */

export class Screen {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.me = app.session.actor;
    this.unmountHeader = mountHeader(root, app);
    this.desk = new Desk(app, root);
  }
}

/** A page's `mount` for its kind of screen. @param {new (root: HTMLElement, app: App) => {start: () => Promise<void>, stop: () => void}} Kind */
export function mounts(Kind) {
  return async (/** @type {HTMLElement} */ root, /** @type {App} */ app) => {
    const screen = new Kind(root, app);
    await screen.start();
    return () => screen.stop();
  };
}
