// Cases as marks with a ring for the clock that runs out next, names of areas under them, lines from units on their way,
// selection, route and cross-hair.
import { colourAt, nextClock, partGone } from "../core/clock.js";
import { mercatorX, mercatorY } from "../core/positions.js";
import { openCases } from "../core/selectors.js";
import { nearness } from "./ground.js";
import { drawLabel, Labels } from "./labels.js";
import { platesOf } from "./points.js";
import { CASE_RADIUS } from "./symbols.js";
import { addTiles } from "./tile_surface.js";
import { dashed, way } from "./ways.js";

const REPAINT_MS = 2000;
// How often the ring of a new case runs out, by priority, and how many cases may do so at once: each costs the machine a part
// of every frame, and where everything calls nothing is heard.
const PULSES = /** @type {Record<number, number>} */ ({ 1: 6, 2: 4, 3: 2, 4: 2 });
const PULSING_MOST = 5;
const PULSE_MS = 1800;
// All rings take their steps in the same frames: what changes at once is composed once.
const PULSE_STEP_MS = 50;
// A clock's ring is painted again when this part of it has run.
const RING_STEPS = 256;

export class CasesLayer {
  /**
   * @param {any} map @param {{app: import("../core/app.js").App, symbols: import("./symbols.js").Symbols,
   *   palette: Record<string, string>, size: () => number, labelSize: number, layers: import("./layers.js").Layers,
   *   isOn: (layer: string) => boolean, digits: number, drawn: () => import("./points.js").Drawn, placeOf: (record: any) => [number, number]}} parts
   */
  constructor(map, parts) {
    this.labels = new Labels();
    this.map = map;
    this.parts = parts;
    this.on = true;
    /** @type {{case?: string|null, unit?: string|null}} */
    this.selected = {};
    /** @type {[number, number][]|null} */
    this.route = null;
    /** @type {[number, number]|null} */
    this.cross = null;
    /** @type {any[]} */
    this.records = [];
    this.seen = /** @type {Set<string>|null} */ (null);
    this.below = addTiles(map, "routes", 420, () => this.#soon());
    this.above = addTiles(map, "cases", 440, () => this.#soon());
    /** @type {any[]} markers of cases that call for the eye, the oldest first */
    this.pulsing = [];
    this.stop = parts.app.store.subscribe((changes, store) => {
      if (changes.all || changes.cases.size) this.#sync(store);
    });
    this.timer = setInterval(() => this.redraw(), REPAINT_MS);
  }

  destroy() {
    clearInterval(this.timer);
    this.stop();
    this.below.remove();
    this.above.remove();
  }

  /** Paints again with the next frame, once, whatever asked for it. */
  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.map._animatingZoom) this.redraw();
    });
  }

  redraw() {
    if (!this.above?.view || !this.below?.view) return;
    this.#paintLines();
    this.#paintMarks();
  }

  /** @param {number} x @param {number} y CSS pixels of the container */
  hit(x, y) {
    if (!this.on) return null;
    let best = null;
    let nearest = (20 * this.parts.size()) ** 2;
    for (const record of this.records) {
      const [lon, lat] = this.parts.placeOf(record);
      const p = this.map.latLngToContainerPoint([lat, lon]);
      const away = (p.x - x) ** 2 + (p.y - y) ** 2;
      if (away < nearest) [best, nearest] = [record, away];
    }
    return best;
  }

  /** @param {import("../core/store.js").Store} store */
  #sync(store) {
    // The gravest on top: painted last.
    this.records = openCases(store).filter((r) => Number.isFinite(r.lon)).sort((a, b) => b.priority - a.priority || a.reported_at.localeCompare(b.reported_at));
    const ids = new Set(this.records.map((r) => r.id));
    if (this.seen) for (const record of this.records) if (!this.seen.has(record.id)) this.#pulse(record);
    this.seen = ids;
    this.redraw();
  }

  /** A new case draws the eye by a ring that runs out of its mark a few times; the mark itself never flashes. @param {any} record */
  #pulse(record) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const L = window.L;
    const icon = L.divIcon({ className: `case-pulse priority-${record.priority}`, iconSize: null });
    const [lon, lat] = this.parts.placeOf(record);
    const marker = L.marker([lat, lon], { icon, pane: "cases", interactive: false, keyboard: false });
    marker.addTo(this.map);
    const element = marker.getElement();
    element.style.setProperty("--pulses", String(PULSES[record.priority]));
    const now = Number(document.timeline.currentTime);
    for (const ring of element.getAnimations({ subtree: true })) ring.startTime = Math.ceil(now / PULSE_STEP_MS) * PULSE_STEP_MS;
    this.pulsing.push(marker);
    setTimeout(() => this.#still(marker), (PULSES[record.priority] + 1) * PULSE_MS);
    if (this.pulsing.length > PULSING_MOST) this.#still(this.pulsing[0]);
  }

  #still(/** @type {any} */ marker) {
    this.pulsing = this.pulsing.filter((other) => other !== marker);
    marker.remove();
  }

  #paintLines() {
    const { view } = this.below;
    const at = (/** @type {number[]} */ [lon, lat]) => [mercatorX(lon) * view.scale - view.left, mercatorY(lat) * view.scale - view.top];
    const px = view.dpr * this.parts.size();
    const things = this.on ? this.#waysOut().map(({ key, from, to, colour }) => dashed(key, at(from), at(to), colour, px)) : [];
    if (this.route?.length) things.unshift(way(this.route.map(at), this.parts.palette.accent, px));
    this.below.put(things);
  }

  /** Where units are on their way to. @returns {{key: string, from: number[], to: number[], colour: string}[]} */
  #waysOut() {
    const { app, palette } = this.parts;
    const { known, lon, lat } = app.positions;
    const ways = [];
    for (const record of this.records) {
      for (const { state, unit } of record.assignments ?? []) {
        const no = app.store.units.get(unit)?.no;
        if (!["dispatched", "acknowledged", "enroute"].includes(state) || no === undefined || !known[no]) continue;
        const colour = palette[state === "enroute" ? "unit-enroute" : "unit-dispatched"];
        ways.push({ key: `${unit} ${record.id}`, from: [lon[no], lat[no]], to: this.parts.placeOf(record), colour });
      }
    }
    return ways;
  }

  #paintMarks() {
    const { view } = this.above;
    const size = view.dpr * this.parts.size();
    const now = this.parts.app.clock.now();
    const at = (/** @type {number} */ lon, /** @type {number} */ lat) => [mercatorX(lon) * view.scale - view.left, mercatorY(lat) * view.scale - view.top];
    const things = (this.on ? this.records : []).map((record) => this.#case(record, at(...this.parts.placeOf(record)), now, size));
    things.unshift(...this.#names(view, size, things.map(({ boxes }) => boxes[0])));
    for (const [lon, lat, r] of this.#selectedPlaces()) {
      const [x, y] = at(lon, lat);
      const draw = (/** @type {any} */ c) => drawSelection(c, x, y, r * size, size, this.parts.palette.accent);
      things.push({ key: `selected ${r}`, look: `${x} ${y} ${size}`, boxes: [around(x, y, (r + 6) * size)], draw });
    }
    if (this.cross) {
      const [x, y] = at(...this.cross);
      const draw = (/** @type {any} */ c) => drawCross(c, x, y, size, this.parts.palette.accent);
      things.push({ key: "cross", look: `${x} ${y} ${size}`, boxes: [around(x, y, 26 * size)], draw });
    }
    this.above.put(things);
  }

  /** @param {import("./canvas_layer.js").View} view @param {number} size @param {number[][]} marks @returns {import("./tile_surface.js").Thing[]} */
  #names(view, size, marks) {
    const { app, layers, labelSize, digits, isOn, palette } = this.parts;
    // A grid is told by its number, in any language.
    const say = (/** @type {any} */ thing, /** @type {any} */ level) => {
      if (!thing.code) return app.latin.called(thing.name);
      return level === "grid" ? thing.label : app.areas.at(thing.code, level) || thing.label;
    };
    const plates = platesOf(this.parts.drawn(), view, size, digits);
    const labels = this.labels.place(view, layers, labelSize * size, isOn, marks, say, plates, nearness(view, this.parts.size()));
    return labels.map((label) => ({
      key: `name ${label.code}`, look: `${label.text} ${label.box} ${label.font} ${label.alpha}`, boxes: [label.box], draw: (/** @type {any} */ c) => drawLabel(c, label, palette),
    }));
  }

  /** @param {any} record @param {number[]} place @param {number} now @param {number} size @returns {import("./tile_surface.js").Thing} */
  #case(record, [x, y], now, size) {
    const clock = nextClock(record);
    const ring = clock ? `${colourAt(clock, now)} ${Math.floor(partGone(clock, now) * RING_STEPS)}` : "";
    const { category, priority, status } = record;
    return {
      key: record.id,
      look: `${x} ${y} ${size} ${category} ${priority} ${status} ${ring}`,
      boxes: [around(x, y, (CASE_RADIUS[priority] + 9) * size)],
      draw: (c) => this.#drawCase(c, x, y, record, now, size),
    };
  }

  /** @param {any} c @param {number} x @param {number} y @param {any} record @param {number} now @param {number} size */
  #drawCase(c, x, y, record, now, size) {
    const { app, symbols, palette } = this.parts;
    const clock = nextClock(record);
    if (clock) drawRing(c, x, y, clock, now, record.priority, size, palette);
    const group = app.words.groups[record.category] ?? "service";
    const sprite = symbols.case(group, record.priority, record.status === "resolved", size);
    c.drawImage(sprite.bitmap, x - sprite.half, y - sprite.half);
  }

  /** @returns {number[][]} longitude, latitude, radius of the ring */
  #selectedPlaces() {
    const { app } = this.parts;
    const record = this.selected.case ? app.store.cases.get(this.selected.case) : null;
    const unit = this.selected.unit ? app.store.units.get(this.selected.unit) : null;
    const places = [];
    if (record) places.push([...this.parts.placeOf(record), 30]);
    if (unit && app.positions.known[unit.no]) places.push([app.positions.lon[unit.no], app.positions.lat[unit.no], 22]);
    return places;
  }
}

/** @param {number} x @param {number} y @param {number} r */
function around(x, y, r) {
  return [x - r, y - r, x + r, y + r];
}

/**
 * The share of the next clock that is gone, in its colour. A clock in time with half of it left says nothing.
 * @param {any} c @param {number} x @param {number} y @param {import("../core/clock.js").CaseClock} clock @param {number} now
 * @param {number} priority @param {number} size @param {Record<string, string>} palette
 */
function drawRing(c, x, y, clock, now, priority, size, palette) {
  const colour = colourAt(clock, now);
  const gone = partGone(clock, now);
  if (colour === "green" && gone < 0.5) return;
  const r = (CASE_RADIUS[priority] + 6) * size;
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.lineWidth = 4 * size;
  c.strokeStyle = "rgb(3 10 18 / 0.7)";
  c.stroke();
  c.beginPath();
  c.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * gone);
  c.lineWidth = (colour === "green" ? 2.2 : 3.2) * size;
  c.strokeStyle = palette[colour];
  c.stroke();
}

/** @param {any} c @param {number} x @param {number} y @param {number} r @param {number} size @param {string} colour */
function drawSelection(c, x, y, r, size, colour) {
  for (let i = 0; i < 4; i += 1) {
    c.beginPath();
    c.arc(x, y, r, (i * Math.PI) / 2 + 0.35, ((i + 1) * Math.PI) / 2 - 0.35);
    for (const [width, ink] of /** @type {[number, string][]} */ ([[6, "rgb(3 10 18 / 0.8)"], [3, colour]])) {
      c.lineWidth = width * size;
      c.strokeStyle = ink;
      c.stroke();
    }
  }
}

/** @param {any} c @param {number} x @param {number} y @param {number} size @param {string} colour */
function drawCross(c, x, y, size, colour) {
  c.lineWidth = 2 * size;
  c.strokeStyle = colour;
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    c.beginPath();
    c.moveTo(x + dx * 6 * size, y + dy * 6 * size);
    c.lineTo(x + dx * 22 * size, y + dy * 22 * size);
    c.stroke();
  }
}
