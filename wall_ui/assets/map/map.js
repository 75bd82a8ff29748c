// The map of every screen: Leaflet for the view, our own canvases for all that is seen.
import { mercatorX, mercatorY } from "../core/positions.js";
import { addPicture } from "./canvas_layer.js";
import { CasesLayer } from "./cases_layer.js";
import { FROM_ZOOM, isRoadDrawn, nearness } from "./ground.js";
import { GroundPainter } from "./ground_painter.js";
import { areaAt, pointAt, roadAt } from "./hit.js";
import { Layers } from "./layers.js";
import { readPalette } from "./palette.js";
import { seen } from "./points.js";
import { loadShapes, Symbols } from "./symbols.js";
import { Underlay } from "./underlay.js";
import { UnitsLayer } from "./units_layer.js";

/** The county comes before all others, since it gives the frame. */
const FIRST = ["township", "water", "road"];
const LATER = ["village", "grid", "camera", "facility", "poi"];
// When layers could not be fetched, so long passes before they are asked for again.
const AGAIN_MS = 5000;
// Whose things have names that who reads English is told in English.
const NAMED = ["road", "water", "facility", "poi", "camera"];
// Counts of cameras, in units of the screen.
const DIGITS = 13;
const SWITCHED = ["case", "unit", "county", "township", "village", "grid", "road", "water", "camera", "facility", "poi"];

/**
 * @typedef {object} MapOptions
 * @property {() => number} [size] how many CSS pixels a unit of the screen is (the wall: 2 at 4K)
 * @property {number} [labelSize] names of townships, in those units
 * @property {number} [digits] counts of cameras, in those units
 * @property {string|null} [own] the area of the desk, where it is a part of the county
 * @property {boolean} [offDuty] show units that are off duty
 * @property {string[]} [off] layers that are off at first
 * @property {(record: any, middleOf: (village: string) => [number, number]|null) => [number, number]} [placeOf] where a case is
 *   shown, when not at its own place
 * @property {() => {left: number, right: number, top: number, bottom: number}} [inset] what panels cover, in CSS pixels
 */

/** @param {import("../core/app.js").App} app @param {string} id @param {MapOptions} [options] */
export async function createMap(app, id, options = {}) {
  const painter = new GroundPainter();
  // It begins while the page is still being made: the machine has a second core.
  for (const name of ["county", "relief", ...FIRST, ...LATER]) void painter.load(name);
  const layers = new Layers();
  const [leaflet, shapes] = await Promise.all([window.wallMaps.get(id), loadShapes(), layers.load(app.api, "county"), loadFonts()]);
  const map = new CountyMap(app, leaflet, layers, shapes, painter, options);
  map.complete = map.loadRest();
  void map.complete.then(() => app.latin.know(NAMED));
  return map;
}

/** Labels on a canvas do not wait for a font: it must be there first. */
async function loadFonts() {
  await Promise.all([document.fonts.load('700 20px "Wall Hanzi"', "泾川"), document.fonts.load('400 20px "Wall Hanzi"', "泾川"), document.fonts.load('600 20px "Wall Latin"', "0")]).catch(() => {});
}

export class CountyMap {
  /**
   * @param {import("../core/app.js").App} app @param {any} leaflet @param {Layers} layers @param {Map<string, Path2D>} shapes
   * @param {GroundPainter} painter @param {MapOptions} options
   */
  constructor(app, leaflet, layers, shapes, painter, options) {
    this.app = app;
    this.leaflet = leaflet;
    this.data = layers;
    this.painter = painter;
    this.options = options;
    this.size = options.size ?? (() => 1);
    this.palette = readPalette();
    this.symbols = new Symbols(shapes, this.palette);
    this.off = new Set(options.off ?? []);
    this.isOn = (/** @type {string} */ name) => !this.off.has(name);
    /** @type {Set<(pick: any) => void>} */
    this.listeners = new Set();
    /** @type {Promise<void>} resolves when every layer is here and drawn */
    this.complete = Promise.resolve();
    /** @type {{kind: string, id: string, x?: number, y?: number}|null} */
    this.chosen = null;
    /** What `drawn` was found for. */
    this.drawnFor = "";
    /** Whether a base map lies below. */
    this.over = false;
    /** While it says so, clicks are not ours: somebody measures. */
    this.busy = false;
    this.pen = /** @type {any} */ (new OffscreenCanvas(1, 1).getContext("2d"));
    this.fitCounty(false);
    this.underlay = new Underlay(leaflet, painter);
    this.ground = this.#lay();
    this.units = new UnitsLayer(leaflet, { store: app.store, positions: app.positions, symbols: this.symbols, size: this.size, offDuty: options.offDuty ?? false });
    this.cases = new CasesLayer(leaflet, { app, symbols: this.symbols, palette: this.palette, size: this.size, labelSize: options.labelSize ?? 15, layers, isOn: this.isOn, digits: options.digits ?? DIGITS, drawn: () => this.drawn, placeOf: (/** @type {any} */ record) => this.placeOf(record) });
    leaflet.on("click", (/** @type {any} */ event) => this.#pick(event));
    leaflet.on("zoomanim moveend", (/** @type {any} */ { center, zoom }) => this.#arrive(center ?? leaflet.getCenter(), zoom ?? leaflet.getZoom()));
    this.renamed = () => this.cases.redraw();
    app.words.addEventListener("change", this.renamed);
    this.onLayers = () => void this.renew().catch((error) => console.warn("layers", error));
    app.socket.addEventListener("layers", this.onLayers);
    const observer = new ResizeObserver(() => leaflet.invalidateSize({ animate: false }));
    observer.observe(leaflet.getContainer());
    this.observer = observer;
  }

  #look() {
    const { palette, over, chosen } = this;
    return { palette, size: this.size(), off: [...this.off], digits: this.options.digits ?? DIGITS, own: this.options.own ?? null, over, chosen };
  }

  /** An opaque picture costs nothing to compose; only over a base map must it let something through. */
  #lay() {
    const ground = addPicture(this.leaflet, "ground", 200, (view) => this.painter.paint(view, this.#look()), { padding: 0.06, opaque: !this.over });
    ground.on("shown", () => this.#arrive(this.leaflet.getCenter(), this.leaflet.getZoom()));
    return ground;
  }

  /** The view is somewhere else, or soon will be. @param {any} center @param {number} zoom */
  #arrive(center, zoom) {
    this.underlay.lift(this.ground?.lies ?? null, center, zoom);
  }

  /** What the ground shows in the view as it is now, for clicks. @returns {import("./points.js").Drawn} */
  get drawn() {
    const { leaflet } = this;
    const { min, max } = leaflet.getPixelBounds();
    const key = `${leaflet.getZoom()} ${min} ${max} ${[...this.off]} ${this.data.cameras.count} ${this.data.facilities.length} ${this.data.pois.length}`;
    if (key !== this.drawnFor) {
      const view = { scale: 256 * 2 ** leaflet.getZoom(), left: min.x, top: min.y, width: max.x - min.x, height: max.y - min.y, dpr: 1, zoom: leaflet.getZoom() };
      this.drawnFor = key;
      this.drawnNow = seen(view, { layers: this.data, isOn: this.isOn, size: this.size() }, nearness(view, this.size()));
    }
    return /** @type {import("./points.js").Drawn} */ (this.drawnNow);
  }

  /** Lets a base map below the ground be seen, or not. @param {boolean} over */
  layOver(over) {
    if (over === this.over) return;
    this.over = over;
    this.ground.remove();
    this.ground = this.#lay();
    this.#layBelow();
  }

  /** What is seen where the ground is not painted yet; what is chosen is not of it, and over a base map there is none. */
  #layBelow() {
    if (this.over) this.underlay.remove();
    else if (this.data.origin) void this.underlay.paint(this.data.degrees, { ...this.#look(), chosen: null });
  }

  /** Marks an area, a road, a camera or any place; null marks nothing. @param {{kind: string, id: string, lon?: number, lat?: number}|null} thing */
  choose(thing) {
    const placed = thing && thing.lon !== undefined && thing.lat !== undefined;
    this.chosen = thing && { kind: thing.kind, id: thing.id, ...(placed ? { x: mercatorX(/** @type {number} */ (thing.lon)), y: mercatorY(/** @type {number} */ (thing.lat)) } : {}) };
    void this.ground.redraw();
  }

  /** Fetches all other layers; the ground is painted when the first look is complete, and when all is. */
  async loadRest() {
    const load = (/** @type {string} */ name) => Promise.all([this.data.load(this.app.api, name), this.painter.load(name)]);
    await Promise.all([this.painter.load("county"), this.painter.load("relief"), ...FIRST.map(load)]);
    this.redraw();
    await Promise.all(LATER.map(load));
    this.redraw();
    await this.ground.settled();
    this.#layBelow();
  }

  /** Fetches all layers anew and draws them where the old ones were; the view stays, and what cannot be had stays too. */
  async renew() {
    const fresh = new Layers();
    const names = [...FIRST, ...LATER];
    // The county gives all others their frame; the worker has layers of its own.
    await fresh.load(this.app.api, "county");
    await Promise.all(names.map((name) => fresh.load(this.app.api, name)));
    if (!fresh.hasAllOf(this.data)) {
      setTimeout(() => this.onLayers(), AGAIN_MS);
      return;
    }
    await this.painter.renew(names);
    this.data.take(fresh);
    this.drawnFor = "";
    this.redraw();
    this.#layBelow();
  }

  redraw() {
    void this.ground.redraw();
    this.cases.redraw();
  }

  destroy() {
    this.observer.disconnect();
    this.app.socket.removeEventListener("layers", this.onLayers);
    this.app.words.removeEventListener("change", this.renamed);
    this.units.destroy();
    this.cases.destroy();
    this.ground.remove();
    this.painter.close();
  }

  /** Calls `listener({kind, id, record, lon, lat})` on every click of the map. @param {(pick: any) => void} listener */
  onPick(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  #pick(/** @type {any} */ event) {
    if (this.busy) return;
    const { x, y } = event.containerPoint;
    const place = { lon: event.latlng.lng, lat: event.latlng.lat };
    const found = this.at(x, y, place);
    if (found?.kind === "cluster") this.#open(found.record);
    const pick = { kind: "ground", id: null, record: null, ...found, ...place };
    for (const listener of this.listeners) listener(pick);
  }

  /** What lies at a place: a case, a unit, a camera, a facility, a point of interest, a cluster or a road; areas are asked for by `areaAt`. @param {number} x @param {number} y CSS pixels of the container @param {{lon: number, lat: number}} place */
  at(x, y, { lon, lat }) {
    const record = this.isOn("case") ? this.cases.hit(x, y) : null;
    if (record) return { kind: "case", id: record.id, record };
    const unit = this.units.hit(x, y);
    if (unit) return { kind: "unit", id: unit.id, record: unit };
    const [mx, my] = [mercatorX(lon), mercatorY(lat)];
    // Units of the screen to the width of the world.
    const px = (256 * 2 ** this.leaflet.getZoom()) / this.size();
    const { near } = this.drawn;
    return pointAt(this.data, this.drawn, mx, my, px, this.isOn) ?? (this.isOn("road") ? roadAt(this.data, mx, my, px, (cls) => isRoadDrawn(near, cls)) : null);
  }

  /** The smallest area at a place among those whose borders are to be seen, or null. @param {{lon: number, lat: number}} place */
  areaAt({ lon, lat }) {
    const { near } = this.drawn;
    const levels = ["grid", "village"].filter((level) => this.isOn(level) && near >= FROM_ZOOM[/** @type {"grid"|"village"} */ (level)]);
    return areaAt(this.data, this.pen, lon, lat, mercatorX(lon), mercatorY(lat), [...levels, "township", "county"]);
  }

  /** Comes nearer until a cluster's cameras stand apart. @param {import("./clusters.js").Cluster} cluster */
  #open({ box: [west, north, east, south] }) {
    const degrees = (/** @type {number} */ x, /** @type {number} */ y) => [(Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI, x * 360 - 180];
    const [[top, left], [bottom, right]] = [degrees(west, north), degrees(east, south)];
    const zoom = this.leaflet.getZoom();
    this.fitBox([left, bottom, right, top], true, Math.min(18, zoom + 3));
    // Cameras on one pole never part by the box alone.
    if (this.leaflet.getZoom() === zoom && !this.leaflet._animatingZoom) this.leaflet.setView([(top + bottom) / 2, (left + right) / 2], Math.min(18, zoom + 1));
  }

  /** Where a case is shown, longitude first. @param {any} record @returns {[number, number]} */
  placeOf(record) {
    return this.options.placeOf ? this.options.placeOf(record, (code) => this.data.middleOf(code)) : [record.lon, record.lat];
  }

  /** Rings a case, a unit or both. @param {{case?: string|null, unit?: string|null}} selected */
  select(selected) {
    this.cases.selected = selected;
    this.cases.redraw();
  }

  /** Draws the way of a unit to a case, or nothing. @param {[number, number][]|null} route longitude first */
  showRoute(route) {
    this.cases.route = route;
    this.cases.redraw();
  }

  /** Sets a cross-hair, or takes it away. @param {number|null} lon @param {number} [lat] */
  mark(lon, lat) {
    this.cases.cross = lon === null ? null : [lon, /** @type {number} */ (lat)];
    this.cases.redraw();
  }

  /** Switches a layer. @param {string} name @param {boolean} on */
  show(name, on) {
    this.off[on ? "delete" : "add"](name);
    if (name === "unit") this.units.show(on);
    if (name === "case") this.cases.on = on;
    this.redraw();
    this.#layBelow();
  }

  /** Every layer with its state and how many things it holds; facilities by kind, too. @returns {{name: string, on: boolean, count: number}[]} */
  layers() {
    const live = { case: this.cases.records.length, unit: this.units.shown.size };
    const kinds = Object.keys(this.data.counts).filter((name) => name.startsWith("facility:"));
    return [...SWITCHED, ...kinds].map((name) => ({
      name, on: !this.off.has(name), count: /** @type {any} */ (live)[name] ?? this.data.counts[name] ?? 0,
    }));
  }

  /** @param {number} lon @param {number} lat @param {number} [zoom] */
  focus(lon, lat, zoom = 13.5) {
    const d = 0.0005;
    this.fitBox([lon - d, lat - d, lon + d, lat + d], true, Math.max(zoom, this.leaflet.getZoom()));
  }

  /** Shows an area whole; the county when its code is unknown. @param {string} code @param {boolean} [animate] */
  fitArea(code, animate = true) {
    const level = /** @type {Record<number, string>} */ ({ 6: "county", 9: "township", 12: "village", 15: "grid" })[code.length];
    const area = this.data.areas[level]?.find((a) => a.code === code);
    if (area) this.fitBox(/** @type {any} */ (area.box), animate);
    else this.fitCounty(animate);
  }

  fitCounty(animate = true) {
    if (Number.isFinite(this.data.degrees[0])) this.fitBox(this.data.degrees, animate);
  }

  /** @param {[number, number, number, number]} box degrees @param {boolean} [animate] @param {number} [maxZoom] */
  fitBox([west, south, east, north], animate = true, maxZoom = 18) {
    const { left, right, top, bottom } = this.options.inset?.() ?? { left: 24, right: 24, top: 24, bottom: 24 };
    this.leaflet.fitBounds([[south, west], [north, east]], { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom], animate, maxZoom });
  }
}
