// Where units are: binary frames into typed arrays, and smooth movement between two fixes.

/** @typedef {import("./clock.js").ServerClock} ServerClock */

const HEAD = 12;
const ENTRY = 14;
const GROW = 256;
// A unit glides to its newest fix over the time since the one before, within these bounds: long enough to be smooth,
// short enough that the symbol is never far behind what is known.
const GLIDE_MIN_MS = 250;
const GLIDE_MAX_MS = 6000;
// Farther than this is no movement but a correction: jump.
const JUMP_DEG = 0.02;
export const UNKNOWN = 255;
const RADIANS = Math.PI / 180;

/** Web Mercator in [0, 1], so that a frame needs one multiplication per axis. */
export const mercatorX = (/** @type {number} */ lon) => (lon + 180) / 360;
export const mercatorY = (/** @type {number} */ lat) => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * RADIANS) / 2)) / (2 * Math.PI);

/** A longer array with the same beginning. @template {Float64Array|Uint8Array} A @param {A} old @param {number} size @returns {A} */
function grown(old, size) {
  const array = new /** @type {any} */ (old.constructor)(size);
  array.set(old);
  return array;
}

export class Positions {
  /** @param {ServerClock} clock */
  constructor(clock) {
    this.clock = clock;
    this.received = 0;
    /** Called with the numbers of the units that a frame moved. @type {Set<(numbers: number[]) => void>} */
    this.listeners = new Set();
    this.size = 1024;
    const numbers = () => new Float64Array(this.size);
    /** The newest fix, in degrees. */
    this.lon = numbers();
    this.lat = numbers();
    /** Epoch milliseconds by the server's clock. */
    this.fixAt = numbers();
    /** The glide: from one place to another in Mercator [0, 1], between two moments of performance.now. */
    this.fromX = numbers();
    this.fromY = numbers();
    this.toX = numbers();
    this.toY = numbers();
    this.start = numbers();
    this.until = numbers();
    /** Half degrees, and half metres a second; 255 is unknown. */
    this.heading = new Uint8Array(this.size);
    this.speed = new Uint8Array(this.size);
    this.known = new Uint8Array(this.size);
  }

  /** @param {number} size */
  #grow(size) {
    this.size = size;
    for (const name of /** @type {const} */ (["lon", "lat", "fixAt", "fromX", "fromY", "toX", "toY", "start", "until"])) this[name] = grown(this[name], size);
    for (const name of /** @type {const} */ (["heading", "speed", "known"])) this[name] = grown(this[name], size);
  }

  /** Reads one binary frame (design: version 1, little endian). @param {ArrayBuffer} buffer @returns {number[]} units moved */
  read(buffer) {
    const view = new DataView(buffer);
    if (view.getUint8(0) !== 1) return [];
    const count = view.getUint16(2, true);
    const at_ms = view.getFloat64(4, true);
    this.clock.hear(at_ms);
    const now = performance.now();
    const moved = [];
    for (let i = 0, o = HEAD; i < count; i += 1, o += ENTRY) {
      const no = view.getUint16(o, true);
      if (no >= this.size) this.#grow(no + GROW);
      const age_s = view.getUint16(o + 2, true);
      this.heading[no] = view.getUint8(o + 4);
      this.speed[no] = view.getUint8(o + 5);
      this.#move(no, view.getInt32(o + 6, true) / 1e6, view.getInt32(o + 10, true) / 1e6, now);
      this.fixAt[no] = at_ms - age_s * 1000;
      moved.push(no);
    }
    this.received += 1;
    for (const listener of this.listeners) listener(moved);
    return moved;
  }

  /** @param {number} no @param {number} lon @param {number} lat @param {number} now */
  #move(no, lon, lat, now) {
    if (this.known[no] && this.lon[no] === lon && this.lat[no] === lat) return;
    const x = mercatorX(lon);
    const y = mercatorY(lat);
    const far = !this.known[no] || Math.abs(lon - this.lon[no]) > JUMP_DEG || Math.abs(lat - this.lat[no]) > JUMP_DEG;
    const [fromX, fromY] = far ? [x, y] : this.at(no, now);
    const since = now - this.start[no];
    this.fromX[no] = fromX;
    this.fromY[no] = fromY;
    this.toX[no] = x;
    this.toY[no] = y;
    this.lon[no] = lon;
    this.lat[no] = lat;
    this.until[no] = now + (far ? 0 : Math.min(GLIDE_MAX_MS, Math.max(GLIDE_MIN_MS, since)));
    this.start[no] = now;
    this.known[no] = 1;
  }

  /** Where a unit is drawn at `now` (performance.now), in Mercator [0, 1]. @param {number} no @param {number} now @returns {[number, number]} */
  at(no, now) {
    const whole = this.until[no] - this.start[no];
    const part = whole <= 0 ? 1 : Math.min(1, (now - this.start[no]) / whole);
    return [this.fromX[no] + (this.toX[no] - this.fromX[no]) * part, this.fromY[no] + (this.toY[no] - this.fromY[no]) * part];
  }

  /** Whether the unit still glides. @param {number} no @param {number} now */
  isMoving(no, now) {
    return this.known[no] === 1 && now < this.until[no];
  }

  /** Seconds since the unit's last fix, by the server's clock; Infinity when there is none. @param {number} no */
  age_s(no) {
    return this.known[no] ? Math.max(0, (this.clock.now() - this.fixAt[no]) / 1000) : Infinity;
  }
}
