// All that a person can do with the map of a screen: switches, search, measuring, scale, cards; one set for every screen.
import { el, mark } from "../core/dom.js";
import { BaseMapLayer } from "./basemap.js";
import { Card, tip, TOLD } from "./card.js";
import { Finder } from "./finder.js";
import { Measure } from "./measure.js";
import { keep, recall } from "./memory.js";
import { Readout } from "./readout.js";
import { Switches } from "./switches.js";

/** Which key does what, on every screen with a map: key, command, word of the help, mark. @type {[string, string, string, string][]} */
export const MAP_KEYS = [
  ["4", "layers", "map.key.layers", "layers"],
  ["5", "find", "map.key.find", "search"],
  ["6", "length", "map.key.length", "ruler"],
  ["7", "area", "map.key.area", "polygon"],
  ["8", "system", "map.key.system", "pin"],
  ["+", "nearer", "map.key.nearer", "plus"],
  ["-", "farther", "map.key.farther", "minus"],
  ["0", "whole", "map.key.whole", "frame"],
];
/** Those with a button; the scale of the pointer's place is changed by a click on it. */
const BUTTONS = new Set(["layers", "find", "length", "area", "nearer", "farther", "whole"]);
// A wall shows all that it found at once: nothing scrolls there.
const WALL_EACH = 2;
const POINT_ZOOM = 15.4;
const HOVER_MS = 60;
// Nobody stands before a wall for ever: what somebody asked it is put away.
const PUT_AWAY_MS = 45_000;

/** @param {KeyboardEvent} event @returns {string|null} */
export function mapCommand(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  const key = event.key === "=" ? "+" : event.key;
  return MAP_KEYS.find(([one]) => one === key)?.[1] ?? null;
}

/** @param {any} element */
const typing = (element) => Boolean(element?.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? ""));

export class MapTools {
  /**
   * @param {import("../core/app.js").App} app @param {import("./map.js").CountyMap} map
   * @param {{page: string, home: () => void, took?: () => void, quiet?: () => boolean, openCase?: (record: any) => void, hover?: boolean,
   *   find?: () => void, putAway?: boolean, alone?: boolean}} parts alone: the screen has no keys of its own; took: somebody moves the view; quiet: clicks are wanted for something else
   */
  constructor(app, map, parts) {
    this.app = app;
    this.map = map;
    this.parts = parts;
    const kept = recall(parts.page);
    this.base = new BaseMapLayer(map);
    this.switches = new Switches(app, map, this.base, () => this.#keep());
    this.readout = new Readout(app, map, { system: kept.system, changed: () => this.#keep() });
    this.card = new Card(app, () => map.choose(null));
    this.finder = new Finder(app, (find) => this.go(find), (record) => this.#goCase(record), parts.page === "wall" ? WALL_EACH : undefined);
    this.measure = new Measure(app, map, () => this.#press());
    this.bar = el("div", { class: "map-bar" }, ...MAP_KEYS.filter(([, command]) => BUTTONS.has(command)).map((key) => this.#button(key)));
    this.panel = el("div", { class: "map-panel hidden" }, this.switches.element);
    this.tip = el("div", { class: "map-tip hidden" });
    this.keys = el("div", { class: "map-help hidden", role: "dialog" });
    this.element = el("div", { class: "map-tools", dataset: { screen: parts.page } }, this.readout.element, this.bar, this.panel, this.finder.element, this.measure.element, this.card.element, this.keys, this.tip);
    map.leaflet.getContainer().parentElement.append(this.element);
    for (const kind of ["click", "dblclick", "wheel", "pointerdown"]) this.element.addEventListener(kind, (event) => event.stopPropagation());
    this.#listen();
    this.#resize();
    for (const name of kept.off ?? []) map.show(name, false);
    void this.base.load(app.api).then(() => kept.basemap && this.base.show(kept.basemap));
    void map.complete.then(() => this.switches.draw());
    this.#speak();
  }

  #listen() {
    const { map, app, parts } = this;
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.#key(event);
    this.onResize = () => this.#resize();
    this.onWords = () => this.#speak();
    this.onBase = () => this.#attribute();
    // Before the page's own keys: Escape closes what is open here first.
    addEventListener("keydown", this.onKey, { capture: true });
    addEventListener("resize", this.onResize);
    app.words.addEventListener("change", this.onWords);
    this.base.addEventListener("change", this.onBase);
    this.stopPicks = map.onPick((/** @type {any} */ pick) => this.#picked(pick));
    // A right click or a long press always tells what is there, also where a click means something else.
    this.onTold = (/** @type {any} */ event) => this.#told(event);
    map.leaflet.on("contextmenu", this.onTold);
    if (parts.hover) {
      this.onHover = (/** @type {any} */ event) => this.#hover(event);
      map.leaflet.on("mousemove", this.onHover);
      map.leaflet.on("mouseout dragstart zoomstart", this.#unhover, this);
    }
    this.stopStore = app.store.subscribe(() => this.#live());
  }

  destroy() {
    clearTimeout(this.away);
    removeEventListener("keydown", /** @type {any} */ (this.onKey), { capture: true });
    removeEventListener("resize", /** @type {any} */ (this.onResize));
    this.app.words.removeEventListener("change", /** @type {any} */ (this.onWords));
    this.stopPicks?.();
    this.stopStore?.();
    this.measure.destroy();
    this.readout.destroy();
    this.base.destroy();
    this.element.remove();
  }

  /** @param {[string, string, string, string]} key */
  #button([key, command, word, sign]) {
    return el("button", { class: "map-button", dataset: { command }, "data-w-title": word, "data-w-aria-label": word, onclick: (/** @type {any} */ event) => {
      event.currentTarget.blur();
      this.do(command);
    } }, mark(sign), el("kbd", {}, key));
  }

  #resize() {
    // Lengths of the tools are in units of the screen, as those of the map.
    this.element.style.setProperty("--mu", `${this.map.size()}px`);
    this.readout.draw();
  }

  #speak() {
    this.app.words.fill(this.element);
    this.switches.draw();
    this.card.draw();
    this.#attribute();
  }

  #live() {
    if (this.panel.classList.contains("hidden")) return;
    this.switches.update();
  }

  #attribute() {
    const told = this.base.shown;
    const away = this.base.away ? this.app.t("map.base.away") : "";
    this.readout.attribute(told ? [told.attribution, away].filter(Boolean).join(" · ") : "");
  }

  #keep() {
    keep(this.parts.page, { off: [...this.map.off], basemap: this.base.shown?.id ?? null, system: this.readout.system });
    this.#put();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const meant = !typing(event.target) && this.measure.key(event);
    if (!meant && event.key === "Escape" && !typing(event.target) && this.back()) return this.#eat(event);
    if (meant) return this.#eat(event);
    const command = typing(event.target) ? null : this.#commandOf(event);
    if (command && this.do(command)) this.#eat(event);
  }

  /** A screen without keys of its own has two more. @param {KeyboardEvent} event */
  #commandOf(event) {
    if (!this.parts.alone) return mapCommand(event);
    return /** @type {Record<string, string>} */ ({ "?": "help", "？": "help", "/": "find" })[event.key] ?? mapCommand(event);
  }

  #help() {
    const { t } = this.app;
    const rows = [["/", "", "map.key.find"], ...MAP_KEYS, ["Esc", "", "map.close"]].filter(([key]) => key !== "5");
    this.keys.replaceChildren(el("h4", {}, t("map.help")), ...rows.map(([key, , word]) => el("div", {}, el("kbd", {}, key), el("span", {}, t(word)))));
    this.keys.classList.toggle("hidden");
  }

  /** @param {Event} event */
  #eat(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** Closes what was opened last. @returns {boolean} whether there was anything */
  back() {
    if (this.measure.active) this.measure.stop();
    else if (this.finder.close()) return true;
    else if (!this.keys.classList.contains("hidden")) this.keys.classList.add("hidden");
    else if (this.card.hide()) return true;
    else if (!this.panel.classList.contains("hidden")) this.#open(false);
    else return false;
    return true;
  }

  /** @param {string} command @returns {boolean} */
  do(command) {
    const { leaflet } = this.map;
    /** @type {Record<string, () => void>} */
    const acts = {
      layers: () => this.#open(this.panel.classList.contains("hidden")),
      find: () => this.find(),
      length: () => this.#toggleMeasure("length"),
      area: () => this.#toggleMeasure("area"),
      system: () => this.readout.next(),
      nearer: () => this.#take(() => leaflet.zoomIn(0.8)),
      farther: () => this.#take(() => leaflet.zoomOut(0.8)),
      whole: () => this.parts.home(),
      help: () => this.#help(),
    };
    acts[command]?.();
    this.#press();
    this.#put();
    return command in acts;
  }

  /** Opens the search, which takes the place of the switches. */
  find() {
    if (this.parts.find) return this.parts.find();
    if (this.finder.isOpen) return void this.finder.close();
    this.#open(false);
    this.finder.open();
  }

  /** @param {() => void} act */
  #take(act) {
    this.parts.took?.();
    act();
  }

  /** @param {"length"|"area"} mode */
  #toggleMeasure(mode) {
    if (this.measure.mode === mode) this.measure.stop();
    else this.measure.start(mode);
    this.parts.took?.();
  }

  /** @param {boolean} open */
  #open(open) {
    if (open) this.finder.close();
    this.panel.classList.toggle("hidden", !open);
    this.element.classList.toggle("opened", open);
    if (open) this.switches.update();
    this.#press();
  }

  #press() {
    const on = /** @type {Record<string, boolean>} */ ({ layers: !this.panel?.classList.contains("hidden"), length: this.measure?.mode === "length", area: this.measure?.mode === "area" });
    for (const button of this.bar?.children ?? []) button.setAttribute("aria-pressed", String(on[/** @type {HTMLElement} */ (button).dataset.command ?? ""] ?? false));
  }

  /** On a wall, closes everything when nobody has touched it for a while. */
  #put() {
    if (!this.parts.putAway) return;
    clearTimeout(this.away);
    this.away = setTimeout(() => {
      if (!this.measure.active) while (this.back());
    }, PUT_AWAY_MS);
  }

  /** @param {any} pick */
  #picked(pick) {
    this.#unhover();
    if (this.parts.quiet?.()) return;
    if (pick.kind === "cluster") this.parts.took?.();
    if (["case", "unit", "cluster"].includes(pick.kind)) return void this.card.hide();
    this.#tell(pick.kind === "ground" ? this.map.areaAt(pick) : pick, pick);
  }

  /** @param {any} event */
  #told({ containerPoint: { x, y }, latlng }) {
    if (this.map.busy) return;
    const place = { lon: latlng.lng, lat: latlng.lat };
    const thing = this.map.at(x, y, place);
    this.#tell(thing && TOLD.has(thing.kind) ? thing : this.map.areaAt(place), place);
  }

  /** @param {any} thing @param {{lon: number, lat: number}} pick */
  #tell(thing, pick) {
    if (!thing || !TOLD.has(thing.kind)) return void this.card.hide();
    this.#put();
    this.card.show({ lon: pick.lon, lat: pick.lat, ...thing });
    this.map.choose(this.#placed(thing));
  }

  /** Where a thing itself is, not where somebody clicked. @param {any} thing */
  #placed(thing) {
    const { kind, id, record } = thing;
    if (kind === "area" || kind === "road") return { kind, id };
    if (kind !== "camera") return { kind, id, lon: record.lon, lat: record.lat };
    const { cameras } = this.map.data;
    const i = cameras.properties.findIndex(({ code }) => code === id);
    return { kind, id, lon: cameras.x[i] * 360 - 180, lat: (Math.atan(Math.sinh(Math.PI * (1 - 2 * cameras.y[i]))) * 180) / Math.PI };
  }

  /** Flies to what was found, marks it and tells what it is. @param {import("./finder.js").Find} find */
  go(find) {
    const { map } = this;
    this.parts.took?.();
    const layer = find.kind === "area" ? find.detail : find.kind;
    // What somebody looks for is to be seen, even if its layer was switched off.
    if (map.off.has(layer)) {
      map.show(layer, true);
      this.switches.update();
    }
    if (find.box && (find.kind === "area" || find.kind === "road")) map.fitBox(find.box, true, POINT_ZOOM);
    else map.focus(find.lon, find.lat, POINT_ZOOM + Math.log2(map.size()));
    const record = this.#known(find);
    map.choose({ kind: find.kind, id: find.kind === "road" ? find.name : find.id, lon: find.lon, lat: find.lat });
    if (record) this.card.show({ kind: find.kind, id: find.id, record, lon: find.lon, lat: find.lat });
    this.#put();
  }

  /** The record of a find as the map has it. @param {import("./finder.js").Find} find */
  #known({ kind, id, name, detail }) {
    const { data } = this.map;
    if (kind === "area") return { code: id, name, level: detail };
    if (kind === "camera") return data.cameras.properties.find(({ code }) => code === id);
    if (kind === "road") return data.roads.find(({ properties }) => properties.name === name)?.properties;
    return data[kind === "poi" ? "pois" : "facilities"].find(({ properties }) => String(properties.id) === id)?.properties;
  }

  /** @param {any} record */
  #goCase(record) {
    this.parts.took?.();
    if (this.parts.openCase) this.parts.openCase(record);
    else this.map.focus(...this.map.placeOf(record), 13.5 + Math.log2(this.map.size()));
  }

  /** @param {any} event */
  #hover(event) {
    const now = performance.now();
    if (this.map.busy || now - (this.hovered ?? 0) < HOVER_MS) return;
    this.hovered = now;
    const { x, y } = event.containerPoint;
    const thing = this.map.at(x, y, { lon: event.latlng.lng, lat: event.latlng.lat });
    this.map.leaflet.getContainer().classList.toggle("pointing", Boolean(thing));
    if (!thing || thing.kind === "case" || thing.kind === "unit") return this.#untip();
    this.tip.textContent = tip(this.app, thing);
    this.tip.style.transform = `translate(${Math.round(x + 14)}px, ${Math.round(y + 16)}px)`;
    this.tip.classList.remove("hidden");
  }

  #untip() {
    this.tip.classList.add("hidden");
  }

  #unhover() {
    this.#untip();
    this.map.leaflet.getContainer().classList.remove("pointing");
  }
}
