// Units in motion. The surface is cut into tiles: a frame repaints only the tiles in which a mark has moved by half a
// device pixel or more, which is what lets hundreds move at 4K without a graphics card (canvas_layer.js says why each tile
// is given a bitmap).
import { UNKNOWN } from "../core/positions.js";
import { addTiles, meets, STRIPES } from "./tile_surface.js";

const STEP = 0.1; // device pixels: a mark that is drawn in steps this small seems to glide
const CALM = 0.2; // device pixels a frame: while nobody is faster, an eighth of the screen at a time is smooth
const LEAP = 3; // device pixels a frame: what is faster is painted everywhere at once
const STALE_S = 300;
const RESTATE_MS = 1000;
const REACH = 1.4; // how far a mark and its heading reach, in halves of its bitmap

/**
 * @typedef {object} Shown
 * @property {any} unit @property {import("./symbols.js").Sprite|null} sprite
 * @property {number} x @property {number} y where it stands on the canvas now
 * @property {number} drawnX @property {number} drawnY where it was painted last
 * @property {boolean} fresh its look changed
 */

export class UnitsLayer {
  /**
   * @param {any} map @param {{store: import("../core/store.js").Store, positions: import("../core/positions.js").Positions,
   *   symbols: import("./symbols.js").Symbols, size: () => number, offDuty: boolean}} parts
   */
  constructor(map, parts) {
    this.map = map;
    this.parts = parts;
    /** @type {Map<string, Shown>} */
    this.shown = new Map();
    this.on = true;
    this.lastStates = 0;
    this.frames = 0;
    this.turn = 0;
    this.surface = addTiles(map, "units", 430, () => {});
    this.stop = parts.store.subscribe((changes, store) => this.#sync(changes, store));
    this.loop = requestAnimationFrame((now) => this.#frame(now));
  }

  destroy() {
    cancelAnimationFrame(this.loop);
    this.stop();
    this.surface.remove();
  }

  /** @param {boolean} on */
  show(on) {
    this.on = on;
    this.surface.touchAll();
  }

  /** The unit at a place of the canvas, or null. @param {number} x @param {number} y CSS pixels of the container */
  hit(x, y) {
    const dpr = window.devicePixelRatio || 1;
    const corner = this.map.layerPointToContainerPoint(this.surface._bounds.min);
    const [px, py] = [(x - corner.x) * dpr, (y - corner.y) * dpr];
    let best = null;
    let nearest = (16 * this.parts.size() * dpr) ** 2;
    for (const shown of this.shown.values()) {
      if (!shown.sprite) continue;
      const away = (shown.x - px) ** 2 + (shown.y - py) ** 2;
      if (away < nearest) [best, nearest] = [shown.unit, away];
    }
    return this.on ? best : null;
  }

  /** @param {import("../core/store.js").Changes} changes @param {import("../core/store.js").Store} store */
  #sync(changes, store) {
    const ids = changes.all ? new Set([...this.shown.keys(), ...store.units.keys()]) : changes.units;
    for (const id of ids) {
      const unit = store.units.get(id);
      const wanted = unit && (this.parts.offDuty || unit.on_duty !== false);
      const old = this.shown.get(id);
      if (!wanted) {
        if (old) this.#dirty(old, old.drawnX, old.drawnY);
        this.shown.delete(id);
      } else if (old) {
        old.unit = unit;
        this.#restate(old);
      } else {
        const shown = { unit, sprite: null, x: -1e6, y: -1e6, drawnX: -1e6, drawnY: -1e6, fresh: true };
        this.shown.set(id, shown);
        this.#restate(shown);
      }
    }
  }

  /** Chooses a unit's sprite by its state and the age of its fix. @param {Shown} shown */
  #restate(shown) {
    const { unit } = shown;
    const { positions, symbols } = this.parts;
    const known = positions.known[unit.no];
    const stale = positions.age_s(unit.no) > STALE_S;
    const size = this.parts.size() * (window.devicePixelRatio || 1);
    const sprite = known ? symbols.unit(unit.kind, unit.state, stale, size) : null;
    if (sprite !== shown.sprite) {
      if (shown.sprite) this.#dirty(shown, shown.drawnX, shown.drawnY);
      shown.sprite = sprite;
      shown.fresh = true;
    }
  }

  /** @param {number} now */
  #frame(now) {
    this.loop = requestAnimationFrame((t) => this.#frame(t));
    const view = this.surface.view;
    if (!view || this.map._animatingZoom) return;
    if (now - this.lastStates > RESTATE_MS) {
      this.lastStates = now;
      for (const shown of this.shown.values()) this.#restate(shown);
    }
    const leap = this.#place(view, now);
    // A frame that changes all of the screen makes the browser compose all of it. At the pace of people and cars a unit moves
    // far less than a pixel a frame, and a part of the screen in turn is as smooth.
    this.turn = (this.turn + 1) % STRIPES;
    const half = (this.turn + STRIPES / 2) % STRIPES;
    this.#paint(view, leap > LEAP ? null : new Set(leap > CALM ? [this.turn, half] : [this.turn]));
    this.frames += 1;
  }

  /**
   * Finds where each unit stands and which tiles must be painted again. Returns the farthest step, in device pixels.
   * @param {import("./canvas_layer.js").View} view @param {number} now
   */
  #place(view, now) {
    const p = this.parts.positions;
    let farthest = 0;
    for (const shown of this.shown.values()) {
      if (!shown.sprite) continue;
      const { no } = shown.unit;
      const whole = p.until[no] - p.start[no];
      const part = whole <= 0 ? 1 : Math.min(1, (now - p.start[no]) / whole);
      shown.x = (p.fromX[no] + (p.toX[no] - p.fromX[no]) * part) * view.scale - view.left;
      shown.y = (p.fromY[no] + (p.toY[no] - p.fromY[no]) * part) * view.scale - view.top;
      const step = Math.max(Math.abs(shown.x - shown.drawnX), Math.abs(shown.y - shown.drawnY));
      if (!shown.fresh && step < STEP) continue;
      this.#dirty(shown, shown.drawnX, shown.drawnY);
      this.#dirty(shown, shown.x, shown.y);
      shown.drawnX = shown.x;
      shown.drawnY = shown.y;
      shown.fresh = false;
      farthest = Math.max(farthest, step);
    }
    return farthest;
  }

  /** Marks the tiles under a unit's mark and its heading. @param {Shown} shown @param {number} x @param {number} y */
  #dirty(shown, x, y) {
    const half = (shown.sprite?.half ?? 0) * REACH;
    this.surface.touch(x - half, y - half, x + half, y + half);
  }

  /** @param {import("./canvas_layer.js").View} view @param {Set<number>|null} stripes */
  #paint(view, stripes) {
    if (!this.surface.tiles.some((/** @type {any} */ tile) => tile.dirty && (!stripes || stripes.has(tile.stripe)))) return;
    const all = this.on ? [...this.shown.values()].filter((shown) => shown.sprite) : [];
    // Units at work last, so that they lie above those that wait.
    all.sort((a, b) => Number(a.unit.state !== "available") - Number(b.unit.state !== "available"));
    const on = (/** @type {any} */ tile) => all.filter((shown) => {
      const half = /** @type {any} */ (shown.sprite).half * REACH;
      return meets(tile, shown.drawnX - half, shown.drawnY - half, shown.drawnX + half, shown.drawnY + half);
    });
    this.surface.paint(on, (/** @type {any} */ c, /** @type {any[]} */ found, /** @type {any} */ tile) => {
      for (const shown of found) this.#draw(c, shown, shown.drawnX - tile.x, shown.drawnY - tile.y, view);
    }, stripes);
  }

  /** @param {any} c @param {Shown} shown @param {number} x @param {number} y @param {import("./canvas_layer.js").View} view */
  #draw(c, { sprite, unit }, x, y, view) {
    if (!sprite) return;
    const { heading, speed } = this.parts.positions;
    const moving = heading[unit.no] !== UNKNOWN && speed[unit.no] !== UNKNOWN && speed[unit.no] > 1;
    if (moving) tick(c, x, y, heading[unit.no], sprite.half, view.dpr * this.parts.size());
    c.drawImage(sprite.bitmap, x - sprite.half, y - sprite.half);
  }
}

/** Where a moving unit is heading: a short point outside its mark. @param {any} c @param {number} x @param {number} y @param {number} half_deg heading / 2 @param {number} half @param {number} size */
function tick(c, x, y, half_deg, half, size) {
  const at = ((half_deg * 2 - 90) * Math.PI) / 180;
  const r = half / 1.9;
  const [dx, dy] = [Math.cos(at), Math.sin(at)];
  const tip = r + 5.5 * size;
  const foot = r * 0.7;
  const wide = 0.5 * r + 0.8 * size;
  c.fillStyle = "rgb(226 240 255 / 0.88)";
  c.beginPath();
  c.moveTo(x + dx * tip, y + dy * tip);
  c.lineTo(x + dx * foot - dy * wide, y + dy * foot + dx * wide);
  c.lineTo(x + dx * foot + dy * wide, y + dy * foot - dx * wide);
  c.fill();
}
