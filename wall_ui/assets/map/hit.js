// What lies at a place of the map: the smallest thing first, and the area around it when there is nothing else.
import { UNITS } from "./geometry.js";

/** @typedef {{kind: string, id: string, record: any}} Thing */

const REACH = 13; // units of the screen
const ROAD_REACH = 7;

/** Squared distance of a point from a stretch of a line. @param {number} x @param {number} y @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function awayFrom(x, y, x1, y1, x2, y2) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const whole = dx * dx + dy * dy;
  const part = whole === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / whole));
  return (x - x1 - part * dx) ** 2 + (y - y1 - part * dy) ** 2;
}

/**
 * @param {import("./layers.js").Layers} layers @param {{single: number[], clusters: any[], places: any[], near: number}} drawn what the
 *   ground shows now @param {number} x @param {number} y Mercator @param {number} px units of the screen to the width of the world
 * @param {(layer: string) => boolean} isOn @returns {Thing|null}
 */
export function pointAt(layers, drawn, x, y, px, isOn) {
  let nearest = (REACH / px) ** 2;
  /** @type {Thing|null} */
  let best = null;
  const offer = (/** @type {number} */ away, /** @type {() => Thing} */ thing) => {
    if (away < nearest) [best, nearest] = [thing(), away];
  };
  const { cameras } = layers;
  for (const i of isOn("camera") ? drawn.single : []) {
    offer((cameras.x[i] - x) ** 2 + (cameras.y[i] - y) ** 2, () => ({ kind: "camera", id: cameras.properties[i].code, record: cameras.properties[i] }));
  }
  for (const place of drawn.places) {
    offer((place.x - x) ** 2 + (place.y - y) ** 2, () => ({ kind: place.layer, id: String(place.properties.id ?? place.name), record: { ...place.properties, lon: place.lon, lat: place.lat } }));
  }
  if (best) return best;
  for (const cluster of isOn("camera") ? drawn.clusters : []) {
    // A cluster's mark is wider than high.
    const away = Math.max(Math.abs(cluster.x - x) / 1.6, Math.abs(cluster.y - y)) ** 2;
    if (away < (16 / px) ** 2) return { kind: "cluster", id: "", record: cluster };
  }
  return null;
}

/** The road at a place, of those drawn. @param {import("./layers.js").Layers} layers @param {number} x @param {number} y @param {number} px @param {(cls: string) => boolean} isDrawn @returns {Thing|null} */
export function roadAt(layers, x, y, px, isDrawn) {
  if (!layers.origin) return null;
  const [lx, ly] = [(x - layers.origin.x) * UNITS, (y - layers.origin.y) * UNITS];
  const reach = (ROAD_REACH / px) * UNITS;
  let nearest = reach ** 2;
  let best = null;
  for (const road of layers.roads) {
    const [west, north, east, south] = road.box;
    if (lx < west - reach || lx > east + reach || ly < north - reach || ly > south + reach || !isDrawn(road.cls)) continue;
    for (let i = 2; i < road.xy.length; i += 2) {
      const away = awayFrom(lx, ly, road.xy[i - 2], road.xy[i - 1], road.xy[i], road.xy[i + 1]);
      if (away < nearest) [best, nearest] = [road, away];
    }
  }
  return best && { kind: "road", id: best.properties.name, record: best.properties };
}

/** The smallest area at a place among the levels that are drawn. @param {import("./layers.js").Layers} layers @param {any} pen a 2D context @param {number} lon @param {number} lat @param {number} x @param {number} y Mercator @param {string[]} levels the finest first @returns {Thing|null} */
export function areaAt(layers, pen, lon, lat, x, y, levels) {
  if (!layers.origin) return null;
  const [lx, ly] = [(x - layers.origin.x) * UNITS, (y - layers.origin.y) * UNITS];
  for (const level of levels) {
    for (const area of layers.areas[level] ?? []) {
      const [west, south, east, north] = area.box;
      if (lon < west || lon > east || lat < south || lat > north) continue;
      if (pen.isPointInPath(area.path, lx, ly)) return { kind: "area", id: area.code, record: { code: area.code, name: area.name, level } };
    }
  }
  return null;
}
