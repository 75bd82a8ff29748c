// GeoJSON into what a canvas draws fast: paths in local Mercator units, bounding boxes, places for labels.
//
// A canvas path keeps its points in single precision. Local units (2^26 to the width of the world, from the county's own
// corner) keep a path exact to a hundredth of a pixel at every zoom of ours.
import { mercatorX, mercatorY } from "../core/positions.js";

export const UNITS = 2 ** 26;

/** @typedef {{x: number, y: number}} Origin local zero, in Mercator [0, 1] */
/** @typedef {[number, number, number, number]} Box minX, minY, maxX, maxY in local units */

/** @param {number} lon @param {number} lat @param {Origin} origin @returns {[number, number]} */
export function toLocal(lon, lat, origin) {
  return [(mercatorX(lon) - origin.x) * UNITS, (mercatorY(lat) - origin.y) * UNITS];
}

/** Every list of positions in a geometry: rings of polygons, lines, single points. @param {any} geometry @returns {number[][][]} */
export function parts(geometry) {
  const c = geometry?.coordinates ?? [];
  switch (geometry?.type) {
    case "Point": return [[c]];
    case "MultiPoint": return c.map((/** @type {any} */ p) => [p]);
    case "LineString": return [c];
    case "MultiLineString": case "Polygon": return c;
    case "MultiPolygon": return c.flat();
    case "GeometryCollection": return geometry.geometries.flatMap(parts);
    default: return [];
  }
}

/** The box of geometries in degrees: west, south, east, north. @param {any[]} features @returns {Box} */
export function boxOf(features) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const feature of features) {
    for (const line of parts(feature.geometry)) {
      for (const [lon, lat] of line) {
        box[0] = Math.min(box[0], lon);
        box[1] = Math.min(box[1], lat);
        box[2] = Math.max(box[2], lon);
        box[3] = Math.max(box[3], lat);
      }
    }
  }
  return box;
}

/** Adds a geometry to a path. @param {Path2D} path @param {any} geometry @param {Origin} origin */
export function trace(path, geometry, origin) {
  const closed = geometry?.type?.endsWith("Polygon");
  for (const line of parts(geometry)) {
    line.forEach(([lon, lat], i) => {
      const [x, y] = toLocal(lon, lat, origin);
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    });
    if (closed) path.closePath();
  }
}

/** Twice the signed area of a ring. @param {number[][]} ring */
function area2(ring) {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return sum;
}

/** Whether a place lies in a ring. @param {number} x @param {number} y @param {number[][]} ring */
export function inRing(x, y, ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/**
 * Where an area's name stands: in the middle of the widest stretch of its largest part, near its centre of mass, so that
 * the name never stands outside a bent area. Degrees in, degrees out.
 * @param {any} geometry @returns {{lon: number, lat: number, width: number}}
 */
export function labelPlace(geometry) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const ring = polygons.map((/** @type {any} */ p) => p[0]).sort((/** @type {any} */ a, /** @type {any} */ b) => Math.abs(area2(b)) - Math.abs(area2(a)))[0];
  const [west, south, east, north] = boxOf([{ geometry: { type: "LineString", coordinates: ring } }]);
  let best = { lon: (west + east) / 2, lat: (south + north) / 2, width: 0, score: -1 };
  for (let step = 3; step <= 13; step += 1) {
    const lat = south + ((north - south) * step) / 16;
    const cuts = [];
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > lat !== yj > lat) cuts.push(((xj - xi) * (lat - yi)) / (yj - yi) + xi);
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const width = cuts[i + 1] - cuts[i];
      const score = width * (1 - Math.abs(step - 8) / 12);
      if (score > best.score) best = { lon: (cuts[i] + cuts[i + 1]) / 2, lat, width, score };
    }
  }
  return { lon: best.lon, lat: best.lat, width: best.width };
}
