// Where the names of roads and rivers stand: along a straight enough stretch, never upside down, each name again only far away. Pure.
import { UNITS } from "./geometry.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {{cls: string, xy: Float64Array, properties: any}} Way local units */
/** @typedef {{x: number, y: number, angle: number, box: number[], name: string, cls: string}} Along device pixels; angle in radians */

/** From which zoom (of a screen of 1920 pixels) roads of a class are named. @type {Record<string, number>} */
const FROM = { trunk: 12, water: 11.8, county: 12.6, township: 14.4 };
const STEP = 0.5; // of the length of a name: how far apart the stretches are that are tried
const BEND = 0.5; // of the height of the letters: so far a stretch may leave its chord
/** @type {Way[]} */
const NONE = [];
const APART = 26; // heights between two of the same name

/**
 * @param {{roads: Way[], waters: Way[], origin: {x: number, y: number}|null}} layers @param {View} view @param {number} near
 * @param {number} height of the letters @param {(name: string) => number} wide how wide a name is @param {(name: string) => string} say @returns {Along[]}
 */
export function roadNames({ roads, waters, origin }, view, near, height, wide, say) {
  if (!origin) return [];
  /** @type {Along[]} */
  const found = [];
  // The most important roads first: they take the room.
  for (const cls of Object.keys(FROM)) {
    if (near < FROM[cls]) continue;
    for (const { name: called, xy } of wholeRoads(roads, waters).filter((one) => one.cls === cls)) {
      const line = onScreen(xy, origin, view);
      if (!line) continue;
      const name = say(called);
      const free = (/** @type {{x: number, y: number}} */ { x, y }) =>
        x > 0 && y > 0 && x < view.width && y < view.height && !found.some((one) => one.name === name && Math.hypot(one.x - x, one.y - y) < APART * height);
      for (const at of stretches(line, wide(name) + height, height)) if (free(at)) found.push({ ...at, box: boxAround(at, wide(name), height), name, cls });
    }
  }
  return found;
}

/** @type {WeakMap<object, {waters: Way[], made: {cls: string, name: string, xy: Float64Array}[]}>} */
const joined = new WeakMap();

/** Roads as people see them: the pieces between junctions, put together where one goes on in the other; rivers alike. @param {Way[]} roads @param {Way[]} [waters] */
export function wholeRoads(roads, waters = NONE) {
  const known = joined.get(roads);
  if (known?.waters === waters) return known.made;
  /** @type {Map<string, {cls: string, name: string, xy: number[]}[]>} the roads that end at a place, by it and what they are */
  const open = new Map();
  const key = (/** @type {string} */ what, /** @type {number} */ x, /** @type {number} */ y) => `${what} ${x.toFixed(1)} ${y.toFixed(1)}`;
  const ends = (/** @type {any} */ one) => [key(`${one.cls} ${one.name}`, one.xy[0], one.xy[1]), key(`${one.cls} ${one.name}`, one.xy[one.xy.length - 2], one.xy[one.xy.length - 1])];
  /** @type {Set<any>} */
  const whole = new Set();
  for (const { cls, xy, properties } of [...roads, ...waters]) {
    if (!(cls in FROM) || !properties.name) continue;
    let one = { cls, name: properties.name, xy: [...xy] };
    for (const side of [0, 1]) {
      const other = open.get(ends(one)[side])?.find((candidate) => whole.has(candidate));
      if (other) {
        whole.delete(other);
        one = { ...one, xy: side ? [...one.xy, ...runFrom(other.xy, one.xy.slice(-2)).slice(2)] : [...runFrom(other.xy, one.xy.slice(0, 2), true).slice(0, -2), ...one.xy] };
      }
    }
    whole.add(one);
    for (const end of ends(one)) open.set(end, [...(open.get(end) ?? []), one]);
  }
  const made = [...whole].map((one) => ({ ...one, xy: Float64Array.from(one.xy) }));
  joined.set(roads, { waters, made });
  return made;
}

/** A line turned so that it begins, or `until` ends, at a place. @param {number[]} xy @param {number[]} place @param {boolean} [until] */
function runFrom(xy, [x, y], until = false) {
  const begins = Math.hypot(xy[0] - x, xy[1] - y) < 0.1;
  if (begins !== until) return xy;
  const turned = [];
  for (let i = xy.length - 2; i >= 0; i -= 2) turned.push(xy[i], xy[i + 1]);
  return turned;
}

/** The line in device pixels, or null where none of it is to be seen. @param {Float64Array} xy @param {{x: number, y: number}} origin @param {View} view */
function onScreen(xy, origin, view) {
  const line = new Float64Array(xy.length);
  let seen = false;
  for (let i = 0; i < xy.length; i += 2) {
    line[i] = (origin.x + xy[i] / UNITS) * view.scale - view.left;
    line[i + 1] = (origin.y + xy[i + 1] / UNITS) * view.scale - view.top;
    seen ||= line[i] > 0 && line[i] < view.width && line[i + 1] > 0 && line[i + 1] < view.height;
  }
  return seen ? line : null;
}

/**
 * The stretches of a line that are as long as a name and nearly straight: the middle of each and its direction from left to right.
 * @param {Float64Array} line @param {number} length @param {number} height @returns {{x: number, y: number, angle: number}[]}
 */
export function stretches(line, length, height) {
  const along = [0];
  for (let i = 2; i < line.length; i += 2) along.push(along[along.length - 1] + Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]));
  const whole = along[along.length - 1];
  const found = [];
  for (let from = ((whole - length) % (STEP * length)) / 2; from + length <= whole; from += STEP * length) {
    const [a, b] = [pointAt(line, along, from), pointAt(line, along, from + length)];
    const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const off = (/** @type {number} */ x, /** @type {number} */ y) => Math.abs((b[0] - a[0]) * (a[1] - y) - (a[0] - x) * (b[1] - a[1])) / (chord || 1);
    const straight = along.every((s, i) => s <= from || s >= from + length || off(line[2 * i], line[2 * i + 1]) < BEND * height);
    if (!straight || chord < 0.9 * length) continue;
    const [left, right] = a[0] <= b[0] ? [a, b] : [b, a];
    found.push({ x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, angle: Math.atan2(right[1] - left[1], right[0] - left[0]) });
  }
  return found;
}

/** @param {Float64Array} line @param {number[]} along @param {number} s @returns {[number, number]} */
function pointAt(line, along, s) {
  let i = 1;
  while (i < along.length - 1 && along[i] < s) i += 1;
  const part = (s - along[i - 1]) / (along[i] - along[i - 1] || 1);
  return [line[2 * i - 2] + (line[2 * i] - line[2 * i - 2]) * part, line[2 * i - 1] + (line[2 * i + 1] - line[2 * i - 1]) * part];
}

/** @param {{x: number, y: number, angle: number}} at @param {number} wide @param {number} high @returns {number[]} */
function boxAround({ x, y, angle }, wide, high) {
  const [c, s] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const [w, h] = [(wide * c + high * 1.3 * s) / 2, (wide * s + high * 1.3 * c) / 2];
  return [x - w, y - h, x + w, y + h];
}
