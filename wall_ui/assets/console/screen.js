// What the screens of all desks have in common: who sits here, the header, the desk, the form for a call, and the keys.
import { mountHeader } from "../core/header.js";
import { Desk, place } from "./desk.js";
import { openDirectory, openHelp } from "./directory.js";
import { Intake } from "./intake.js";
import { commandOf, takesTyping } from "./keys.js";
import { neighbour } from "./order.js";

/** @typedef {import("../core/app.js").App} App */

const TICK_MS = 1000;

/** A screen has a list (`rows`), and draws it again when the store, the clock or the language changes. */
export class Screen {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.me = app.session.actor;
    this.unmountHeader = mountHeader(root, app);
    this.desk = new Desk(app, root);
    /** @type {any[]} the rows of the list that is shown, in its order */
    this.rows = [];
    this.intake = new Intake(app, place(root, "intake"), {
      made: (record) => {
        app.store.put(record);
        this.desk.selection.set(record.id, "key");
      },
      showPlace: (at) => this.#showPlace(at),
      closed: () => {},
    });
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    this.onWords = () => this.draw();
  }

  /** Begins to follow keys, clicks and what happens; called when the screen has made its parts. */
  follow() {
    const { app, desk, root } = this;
    addEventListener("keydown", this.onKey);
    app.words.addEventListener("change", this.onWords);
    desk.selection.addEventListener("change", () => this.selected());
    root.addEventListener("unit", (event) => this.tellUnit(/** @type {CustomEvent} */ (event).detail));
    app.words.fill(root);
    this.unsubscribe = app.store.subscribe(() => this.draw());
    // Time alone can make a case late, and so change what lists and filters count.
    this.timer = setInterval(() => {
      this.tick();
      if (app.store.loaded) this.draw();
    }, TICK_MS);
    app.socket.desk = true;
    app.connect();
  }

  stop() {
    clearInterval(this.timer);
    removeEventListener("keydown", this.onKey);
    this.app.words.removeEventListener("change", this.onWords);
    this.unsubscribe?.();
    this.desk.stop();
    this.unmountHeader();
  }

  draw() {}
  tick() {}
  selected() {}
  locate() {}

  /** A unit was clicked on the map. @param {any} _unit */
  tellUnit(_unit) {}

  /** What each command of the keys does; a screen adds its own. @returns {Record<string, () => void>} */
  acts() {
    const { app, desk } = this;
    return {
      next: () => this.step(1),
      previous: () => this.step(-1),
      open: () => (desk.selection.id ? desk.sheet.recommended.focus() : this.step(1)),
      back: () => this.#back(),
      intake: () => this.intake.open(),
      directory: () => void openDirectory(app),
      help: () => openHelp(app),
      give: () => void desk.give(),
      locate: () => this.locate(),
      sound: () => desk.sound.toggle(),
    };
  }

  /** Leaves what a screen has of its own before anything else is left. @returns {boolean} whether there was something */
  leaveOwn() {
    return false;
  }

  /** @param {number} by */
  step(by) {
    const id = neighbour(this.rows, this.desk.selection.id, by);
    if (id) this.desk.selection.set(id, "key");
  }

  #back() {
    if (this.desk.back()) return;
    if (!this.leaveOwn()) {
      if (this.intake.isOpen) this.intake.close();
      else if (!this.desk.sheet.back()) this.desk.selection.set(null, "key");
    }
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (document.querySelector("dialog[open]")) return;
    const command = commandOf(event, takesTyping(event.target));
    if (!command) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key === "Enter" && target.closest?.("button, a, summary, [role=option]")) return;
    if (this.#do(command)) event.preventDefault();
  }

  /** @param {string} command @returns {boolean} whether the key was ours */
  #do(command) {
    if (command.startsWith("move-")) return this.desk.sheet.key(command.slice(5)) !== false;
    const act = this.acts()[command];
    act?.();
    return Boolean(act);
  }

  /** @param {{lon?: number, lat?: number, area_code?: string}|null} at */
  #showPlace(at) {
    const { map } = this.desk;
    if (!map) return;
    if (!at) map.mark(null);
    else if (at.lon !== undefined) map.mark(at.lon, at.lat);
    else if (at.area_code) map.fitArea(at.area_code);
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
