// Cases as marks with a ring for the clock that runs out next, lines from units on their way, selection, route, cross-hair.
import { colourAt, nextClock, partGone } from "../core/clock.js";
import { mercatorX, mercatorY } from "../core/positions.js";
import { openCases } from "../core/selectors.js";
import { addCanvas } from "./canvas_layer.js";
import { withAlpha } from "./palette.js";
import { CASE_RADIUS } from "./symbols.js";

const NEW_MS = 20_000;
const REPAINT_MS = 1000;

export class CasesLayer {
  /**
   * @param {any} map @param {{app: import("../core/app.js").App, symbols: import("./symbols.js").Symbols,
   *   palette: Record<string, string>, size: () => number}} parts
   */
  constructor(map, parts) {
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
    this.below = addCanvas(map, "routes", 420, (c, view) => this.#paintBelow(c, view), { padding: 0.02 });
    this.above = addCanvas(map, "cases", 440, (c, view) => this.#paintCases(c, view), { padding: 0.02 });
    this.stop = parts.app.store.subscribe((changes, store) => this.#sync(store));
    this.timer = setInterval(() => this.redraw(), REPAINT_MS);
  }

  destroy() {
    clearInterval(this.timer);
    this.stop();
    this.below.remove();
    this.above.remove();
  }

  redraw() {
    this.below.redraw();
    this.above.redraw();
  }

  /** @param {number} x @param {number} y CSS pixels of the container */
  hit(x, y) {
    if (!this.on) return null;
    let best = null;
    let nearest = (20 * this.parts.size()) ** 2;
    for (const record of this.records) {
      const p = this.map.latLngToContainerPoint([record.lat, record.lon]);
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
    const marker = L.marker([record.lat, record.lon], { icon, pane: "cases", interactive: false, keyboard: false });
    marker.addTo(this.map);
    setTimeout(() => marker.remove(), NEW_MS);
  }

  /** @param {CanvasRenderingContext2D} c @param {import("./canvas_layer.js").View} view */
  #paintBelow(c, view) {
    const { app, palette } = this.parts;
    const px = view.dpr * this.parts.size();
    const at = (/** @type {number} */ lon, /** @type {number} */ lat) => [mercatorX(lon) * view.scale - view.left, mercatorY(lat) * view.scale - view.top];
    c.lineCap = "round";
    c.lineJoin = "round";
    if (this.route?.length) {
      const trace = () => {
        c.beginPath();
        this.route?.forEach(([lon, lat], i) => (i ? c.lineTo(...pair(at(lon, lat))) : c.moveTo(...pair(at(lon, lat)))));
      };
      for (const [width, colour] of [[13, "rgb(54 207 255 / 0.18)"], [7.5, "rgb(3 12 20 / 0.9)"], [4.5, palette.accent]]) {
        trace();
        c.lineWidth = Number(width) * px;
        c.strokeStyle = String(colour);
        c.stroke();
      }
    }
    if (!this.on) return;
    c.setLineDash([2 * px, 6 * px]);
    c.lineWidth = 2.2 * px;
    for (const record of this.records) {
      for (const assignment of record.assignments ?? []) {
        if (!["dispatched", "acknowledged", "enroute"].includes(assignment.state)) continue;
        const unit = app.store.units.get(assignment.unit);
        if (!unit || !app.positions.known[unit.no]) continue;
        c.strokeStyle = withAlpha(palette[assignment.state === "enroute" ? "unit-enroute" : "unit-dispatched"], 0.7);
        c.beginPath();
        c.moveTo(...pair(at(app.positions.lon[unit.no], app.positions.lat[unit.no])));
        c.lineTo(...pair(at(record.lon, record.lat)));
        c.stroke();
      }
    }
    c.setLineDash([]);
  }

  /** @param {CanvasRenderingContext2D} c @param {import("./canvas_layer.js").View} view */
  #paintCases(c, view) {
    const { app, symbols, palette } = this.parts;
    const size = view.dpr * this.parts.size();
    const now = app.clock.now();
    for (const record of this.on ? this.records : []) {
      const x = mercatorX(record.lon) * view.scale - view.left;
      const y = mercatorY(record.lat) * view.scale - view.top;
      if (x < -60 || y < -60 || x > view.width + 60 || y > view.height + 60) continue;
      const group = app.words.groups[record.category] ?? "service";
      this.#ring(c, x, y, record, now, size);
      const sprite = symbols.case(group, record.priority, record.status === "resolved", size);
      c.drawImage(sprite.bitmap, x - sprite.half, y - sprite.half);
    }
    this.#paintSelection(c, view, size, palette);
  }

  /** The share of the next clock that is gone, in its colour; green ones stay quiet. */
  #ring(/** @type {CanvasRenderingContext2D} */ c, /** @type {number} */ x, /** @type {number} */ y, /** @type {any} */ record, /** @type {number} */ now, /** @type {number} */ size) {
    const clock = nextClock(record);
    if (!clock) return;
    const colour = colourAt(clock, now);
    const r = (CASE_RADIUS[record.priority] + 7) * size;
    const { palette } = this.parts;
    c.lineWidth = 3.6 * size;
    c.strokeStyle = "rgb(3 10 18 / 0.75)";
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.stroke();
    c.lineWidth = 3 * size;
    c.strokeStyle = withAlpha(palette[colour], colour === "green" ? 0.75 : 1);
    c.beginPath();
    c.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * Math.max(0.03, partGone(clock, now)));
    c.stroke();
  }

  #paintSelection(/** @type {CanvasRenderingContext2D} */ c, /** @type {import("./canvas_layer.js").View} */ view, /** @type {number} */ size, /** @type {Record<string, string>} */ palette) {
    const { app } = this.parts;
    const record = this.selected.case ? app.store.cases.get(this.selected.case) : null;
    const unit = this.selected.unit ? app.store.units.get(this.selected.unit) : null;
    const places = [];
    if (record) places.push([record.lon, record.lat, 30]);
    if (unit && app.positions.known[unit.no]) places.push([app.positions.lon[unit.no], app.positions.lat[unit.no], 22]);
    for (const [lon, lat, r] of places) {
      const x = mercatorX(lon) * view.scale - view.left;
      const y = mercatorY(lat) * view.scale - view.top;
      for (let i = 0; i < 4; i += 1) {
        c.beginPath();
        c.arc(x, y, r * size, (i * Math.PI) / 2 + 0.35, ((i + 1) * Math.PI) / 2 - 0.35);
        c.lineWidth = 6 * size;
        c.strokeStyle = "rgb(3 10 18 / 0.8)";
        c.stroke();
        c.lineWidth = 3 * size;
        c.strokeStyle = palette.accent;
        c.stroke();
      }
    }
    if (!this.cross) return;
    const x = mercatorX(this.cross[0]) * view.scale - view.left;
    const y = mercatorY(this.cross[1]) * view.scale - view.top;
    c.lineWidth = 2 * size;
    c.strokeStyle = palette.accent;
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      c.beginPath();
      c.moveTo(x + dx * 6 * size, y + dy * 6 * size);
      c.lineTo(x + dx * 22 * size, y + dy * 22 * size);
      c.stroke();
    }
  }
}

/** @param {number[]} p @returns {[number, number]} */
function pair(p) {
  return [p[0], p[1]];
}
