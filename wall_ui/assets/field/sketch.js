// A small drawing of the surroundings: own area, roads, where the task is and where one stands. No tiles, no library.
import { distance_m, length } from "./compass.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360;
const HEIGHT = 190;
const MARGIN = 42;
const LEAST_M = 300;
const BARS_M = [50, 100, 200, 500, 1000, 2000, 5000, 10000];

/** @typedef {import("./compass.js").Place} Place */

/** A flat picture of the neighbourhood of `around` that holds all `places`. @param {Place[]} places @param {number} [margin] */
export function framing(places, margin = MARGIN) {
  const lons = places.map((place) => place.lon);
  const lats = places.map((place) => place.lat);
  const lat = (Math.min(...lats) + Math.max(...lats)) / 2;
  const lon = (Math.min(...lons) + Math.max(...lons)) / 2;
  const east_m = distance_m({ lon: lon - 0.005, lat }, { lon: lon + 0.005, lat }) / 0.01;
  const north_m = distance_m({ lon, lat: lat - 0.005 }, { lon, lat: lat + 0.005 }) / 0.01;
  const wide_m = Math.max(LEAST_M, (Math.max(...lons) - Math.min(...lons)) * east_m);
  const high_m = Math.max(LEAST_M, (Math.max(...lats) - Math.min(...lats)) * north_m);
  const scale = Math.min((WIDTH - 2 * margin) / wide_m, (HEIGHT - 2 * margin) / high_m);
  return {
    scale,
    /** @param {number} x @param {number} y @returns {[number, number]} */
    at: (x, y) => [WIDTH / 2 + (x - lon) * east_m * scale, HEIGHT / 2 - (y - lat) * north_m * scale],
  };
}

/** @param {string} tag @param {Record<string, string|number>} attributes */
function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/** @typedef {number[][][]} Lines lists of (longitude, latitude) */

/** @param {Lines} lines @param {(x: number, y: number) => [number, number]} at */
function path(lines, at) {
  const parts = [];
  for (const line of lines) {
    const points = line.map(([x, y]) => at(x, y));
    // What lies far outside of the picture costs time and shows nothing.
    if (points.every(([x, y]) => x < -WIDTH || x > 2 * WIDTH || y < -HEIGHT || y > 2 * HEIGHT)) continue;
    parts.push(`M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")}`);
  }
  return parts.join("");
}

/** All that is drawn, for a picture without a task. @param {{grid?: Lines, village?: Lines, road?: Lines}} around */
function corners(around) {
  const lines = [...(around.grid ?? []), ...(around.village ?? []), ...(around.road ?? [])];
  return lines.flat().map(([lon, lat]) => ({ lon, lat }));
}

/**
 * Draws into `svg`. @param {SVGElement} svg
 * @param {{around: {grid?: Lines, village?: Lines, road?: Lines}, target: (Place & {priority: number})|null,
 *   me: (Place & {accuracy_m: number})|null, t: any}} scene
 */
export function draw(svg, { around, target, me, t }) {
  const places = target ? [target, ...(me ? [me] : [])] : corners(around);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "xMidYMid slice");
  if (places.length === 0) return;
  const { at, scale } = framing(places, target ? MARGIN : 0);
  svg.append(shape("path", { class: "grid", d: path(around.grid ?? [], at) }));
  svg.append(shape("path", { class: "village", d: path(around.village ?? [], at) }));
  svg.append(shape("path", { class: "road", d: path(around.road ?? [], at) }));
  if (me && target) line(svg, at(me.lon, me.lat), at(target.lon, target.lat));
  if (me) stand(svg, at(me.lon, me.lat), me.accuracy_m * scale);
  if (target) pin(svg, at(target.lon, target.lat), target.priority);
  bar(svg, scale, t);
}

/** @param {SVGElement} svg @param {[number, number]} a @param {[number, number]} b */
function line(svg, a, b) {
  svg.append(shape("line", { class: "way", x1: a[0], y1: a[1], x2: b[0], y2: b[1] }));
}

/** @param {SVGElement} svg @param {[number, number]} at @param {number} accuracy */
function stand(svg, [x, y], accuracy) {
  svg.append(shape("circle", { class: "vague", cx: x, cy: y, r: Math.min(80, Math.max(9, accuracy)) }));
  svg.append(shape("circle", { class: "me", cx: x, cy: y, r: 6.5 }));
}

/** @param {SVGElement} svg @param {[number, number]} at @param {number} priority */
function pin(svg, [x, y], priority) {
  const d = `M${x},${y}c-8,-11 -12,-16 -12,-22a12,12 0 1 1 24,0c0,6 -4,11 -12,22z`;
  svg.append(shape("path", { class: `pin priority-${priority}`, d }));
  svg.append(shape("circle", { class: "hole", cx: x, cy: y - 22, r: 4.5 }));
}

/** @param {SVGElement} svg @param {number} scale @param {any} t */
function bar(svg, scale, t) {
  const metres = BARS_M.filter((m) => m * scale <= 90).pop() ?? BARS_M[0];
  const right = WIDTH - 26;
  const left = right - metres * scale;
  svg.append(shape("path", { class: "bar", d: `M${left},${HEIGHT - 14}v4h${metres * scale}v-4` }));
  const text = shape("text", { class: "bar-text", x: (left + right) / 2, y: HEIGHT - 18, "text-anchor": "middle" });
  text.textContent = length(metres, t);
  svg.append(text);
}
