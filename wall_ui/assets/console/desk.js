// What console and township share: one selection for pin, row, sheet and address; map, sheet, sounds and "give me a case".
import { levelOf } from "../core/areas.js";
import { el, mark, write } from "../core/dom.js";
import { createMap } from "../map/map.js";
import { MapTools } from "../map/tools.js";
import { callOf, SILENT } from "./arrivals.js";
import { CaseSheet } from "./case_sheet.js";
import { Selection } from "./selection.js";
import { Sound } from "./sound.js";
import { caseInWords } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

const CLOSE_ZOOM = 13;
/** Desks that take calls; a department gets its cases from area desks. */
const TAKES_CALLS = new Set(["dispatcher", "duty_officer", "village_officer"]);
/** As desk.css: a wall-sized screen at one pixel per pixel. */
const LARGE = "(min-width: 2880px) and (max-resolution: 1.4dppx)";
const LARGE_SCALE = 1.7;

export class Desk {
  /** Whether the click that is being told was the answer to a question for a place. */
  #answered = false;

  /** @param {App} app @param {HTMLElement} root */
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.selection = new Selection();
    this.sound = new Sound();
    /** @type {any} */
    this.map = null;
    /** @type {any[]} */
    this.desks = [];
    /** @type {((place: {lon: number, lat: number}|null) => void)|null} */
    this.askedPlace = null;
    this.unheard = 0;
    /** A case chosen before it was known: the map looks at it once it is. @type {string|null} */
    this.unseen = null;
    this.stopStore = app.store.subscribe(() => this.#lookLate());
    this.sheet = new CaseSheet(app, place(root, "sheet"), {
      desks: this.desks,
      beside: (desk) => this.#beside(desk),
      close: () => this.selection.set(null, "sheet"),
      route: (line, unit) => this.#route(line, unit),
      askPlace: () => this.#askPlace(),
      showUnit: (unit) => this.showUnit(unit),
    });
    this.onSelect = (/** @type {any} */ event) => this.#selected(event.detail);
    this.onEvent = (/** @type {any} */ event) => this.#hear(event.detail);
    this.onVisible = () => document.hidden || this.#seen();
    this.selection.addEventListener("change", this.onSelect);
    app.socket.addEventListener("event", this.onEvent);
    document.addEventListener("visibilitychange", this.onVisible);
    this.timer = setInterval(() => this.sheet.tick(), 500);
    // A name must not be blank while its font comes: fetch all of them before they are wanted.
    for (const face of document.fonts) void face.load().catch(() => {});
  }

  get #takingIn() {
    return Boolean(this.root.querySelector(".intake-panel:not(.hidden)"));
  }

  /** Shows the own area whole. */
  home() {
    const { area } = this.app.session.actor;
    if (area.length > 6) this.map?.fitArea(area);
    else this.map?.fitCounty();
  }

  get takesCalls() {
    return TAKES_CALLS.has(this.app.session.actor.role);
  }

  /** @param {import("../map/map.js").MapOptions} [options] @param {(pick: any) => void} [ground] called for clicks on nothing @param {{find?: () => void}} [tools] */
  async openMap(options = {}, ground = () => {}, tools = {}) {
    const { area } = this.app.session.actor;
    const [map, directory] = await Promise.all([createMap(this.app, "map", { size: () => (matchMedia(LARGE).matches ? LARGE_SCALE : 1), own: levelOf(area) === "county" ? null : area, ...options }), this.app.api.get("/api/directory").catch(() => ({ desks: [] }))]);
    this.map = map;
    this.desks.push(...directory.desks);
    map.onPick((/** @type {any} */ pick) => this.#picked(pick, ground));
    this.tools = new MapTools(this.app, map, {
      page: this.root.classList.contains("console") ? "console" : "township",
      home: () => this.home(),
      hover: matchMedia("(hover: hover)").matches,
      // A click may be wanted as a place: for a form that asks for one, or for a case that is being taken in.
      quiet: () => this.#answered || this.#takingIn,
      openCase: (/** @type {any} */ record) => this.selection.set(record.id, "line"),
      ...tools,
    });
    if (this.selection.id) this.#selected({ id: this.selection.id, by: "address" });
    return map;
  }

  /** @param {any} pick @param {(pick: any) => void} ground */
  #picked(pick, ground) {
    this.#answered = Boolean(this.askedPlace);
    if (this.askedPlace) {
      this.#answerPlace({ lon: pick.lon, lat: pick.lat });
    } else if (pick.kind === "case") this.selection.set(pick.id, "map");
    else if (pick.kind === "unit") this.showUnit(pick.id);
    else if (this.takesCalls && (this.#takingIn || pick.kind === "ground" || pick.kind === "road")) ground(pick);
  }

  /** Area desks beside one: the areas of the same parent, as the map has them. @param {string} desk */
  #beside(desk) {
    const level = /** @type {Record<number, string>} */ ({ 9: "township", 12: "village" })[desk.length];
    const areas = level && this.map ? (this.map.data.areas[level] ?? []) : [];
    const parent = desk.slice(0, -3);
    return areas.filter((/** @type {any} */ area) => area.code.startsWith(parent)).map((/** @type {any} */ area) => ({ id: area.code, name: area.name }));
  }

  /** Lets somebody click a place; the next click answers, Escape answers with nothing. */
  #askPlace() {
    this.#answerPlace(null);
    this.app.toast.show(this.app.t("form.place_wait"), "note");
    this.root.classList.add("asks-place");
    return new Promise((resolve) => {
      this.askedPlace = resolve;
    });
  }

  /** @param {{lon: number, lat: number}|null} answer */
  #answerPlace(answer) {
    const asked = this.askedPlace;
    this.askedPlace = null;
    this.root.classList.remove("asks-place");
    if (answer) this.map?.mark(answer.lon, answer.lat);
    asked?.(answer);
    return Boolean(asked);
  }

  /** Gives up a question for a place. Returns whether there was one. */
  back() {
    return this.#answerPlace(null);
  }

  /** @param {{id: string|null, by: string}} selected */
  #selected({ id, by }) {
    this.sheet.open(id);
    this.root.classList.toggle("has-case", Boolean(id));
    if (!this.map) return;
    this.map.select({ case: id });
    this.map.mark(null);
    const record = id ? this.app.store.cases.get(id) : null;
    this.unseen = id && !record ? id : null;
    if (record && by !== "map") this.map.focus(record.lon, record.lat, CLOSE_ZOOM);
  }

  #lookLate() {
    if (this.unseen && this.map && this.app.store.cases.has(this.unseen)) this.#selected({ id: this.unseen, by: "address" });
  }

  /** @param {[number, number][]|null} line @param {string|null} unit */
  #route(line, unit) {
    if (!this.map) return;
    this.map.showRoute(line);
    this.map.select({ case: this.selection.id, unit });
  }

  /** A unit that somebody clicked: its case if it is on one, else who it is. @param {string} id */
  showUnit(id) {
    const unit = this.app.store.units.get(id);
    if (!unit || !this.map) return;
    this.map.select({ case: this.selection.id, unit: id });
    const { known, lon, lat } = /** @type {any} */ (this.app.positions);
    if (known[unit.no]) this.map.focus(lon[unit.no], lat[unit.no], CLOSE_ZOOM);
    this.root.dispatchEvent(new CustomEvent("unit", { detail: unit }));
  }

  /** @param {any} event */
  #hear(event) {
    const { desk, name } = this.app.session.actor;
    const call = callOf(event, { desk, name });
    if (!call) return;
    if (!SILENT.has(call)) this.sound.play(call === "order" ? "order" : event.case.priority);
    const shown = this.app.toast.show(`${this.app.t(`call.${call}`)} · ${caseInWords(this.app, event.case)}`, event.case.priority === 1 ? "bad" : "note", event.case.number);
    shown.classList.add("clickable");
    shown.addEventListener("click", () => this.selection.set(event.case.id, "row"));
    if (document.hidden) this.unheard += 1;
    this.#title();
  }

  #seen() {
    this.unheard = 0;
    this.#title();
  }

  /** How many calls came while nobody looked stands in the tab's title. */
  #title() {
    document.title = `${this.unheard ? `(${this.unheard}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
  }

  /** Only in the demonstration: a citizen rings. */
  async give() {
    if (!this.app.session.demonstration) return;
    try {
      const { case: record } = await this.app.api.post("/api/demo/case", {});
      this.app.store.put(record);
      this.selection.set(record.id, "key");
    } catch (error) {
      this.app.toast.fail(error);
    }
  }

  /** The switch of the sounds, with a hint while the browser forbids them. */
  soundButton() {
    const button = el("button", { class: "button small sound", onclick: () => this.sound.state === "blocked" || this.sound.toggle() });
    const draw = () => {
      const { state } = this.sound;
      button.dataset.state = state;
      button.replaceChildren(mark("sound"), el("span", {}, this.app.t(`sound.${state}`)));
      button.title = this.app.t(`sound.${state}_why`);
    };
    this.sound.addEventListener("change", draw);
    this.app.words.addEventListener("change", draw);
    draw();
    return button;
  }

  stop() {
    clearInterval(this.timer);
    this.selection.removeEventListener("change", this.onSelect);
    this.app.socket.removeEventListener("event", this.onEvent);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.stopStore();
    this.sheet.stop();
    this.selection.stop();
    this.sound.stop();
    this.tools?.destroy();
    this.map?.destroy();
  }
}

/** A place of the layout. @param {ParentNode} root @param {string} name @returns {HTMLElement} */
export function place(root, name) {
  return /** @type {HTMLElement} */ (root.querySelector(`[data-place="${name}"]`));
}

/** A button with a word, a mark and its key. @param {App} app @param {string} word @param {string} sign @param {string} key @param {() => void} act @param {string} [css] */
export function toolButton(app, word, sign, key, act, css = "") {
  return el("button", { class: `button small ${css}`, dataset: { tool: word }, "data-w-title": word, "data-w-aria-label": word, onclick: (/** @type {Event} */ event) => { /** @type {HTMLElement} */ (event.currentTarget).blur(); act(); } }, mark(sign), el("span", { "data-w": word }), key ? el("kbd", {}, key) : null);
}

export { write };
