// The layers of the map as the server has them: fetched once, turned into paths, places and counts.
import { shortName } from "../core/areas.js";
import { mercatorX, mercatorY } from "../core/positions.js";
import { boxOf, labelPlace, toLocal, trace } from "./geometry.js";

/** @typedef {{code: string, name: string, label: string, path: Path2D, labelX: number, labelY: number, tint: number, box: number[]}} Area */

export const AREA_LEVELS = /** @type {const} */ (["county", "township", "village", "grid"]);

export class Layers {
  constructor() {
    /** @type {import("./geometry.js").Origin|null} */
    this.origin = null;
    /** @type {import("./geometry.js").Box} the county in local units */
    this.box = [0, 0, 0, 0];
    /** @type {import("./geometry.js").Box} west, south, east, north in degrees */
    this.degrees = [0, 0, 0, 0];
    /** @type {Record<string, Path2D>} */
    this.paths = {};
    /** @type {Record<string, Area[]>} */
    this.areas = { county: [], township: [], village: [], grid: [] };
    /** @type {{path: Path2D, width_m: number, name: string}[]} */
    this.waters = [];
    /** @type {{name: string, kind: string, x: number, y: number, lon: number, lat: number, properties: any}[]} */
    this.facilities = [];
    this.cameras = { count: 0, x: new Float64Array(0), y: new Float64Array(0), bearing: new Int16Array(0), health: new Uint8Array(0), properties: /** @type {any[]} */ ([]) };
    /** @type {Record<string, number>} */
    this.counts = {};
    /** @type {Map<string, [number, number]>} the middle of each area by its code, longitude first */
    this.middles = new Map();
  }

  /** A place well inside an area, or null when its shape is not here. @param {string} code */
  middleOf(code) {
    return this.middles.get(code) ?? null;
  }

  /**
   * Fetches a layer and takes it in; a layer that the server lacks stays empty.
   * @param {import("../core/api.js").Api} api @param {string} name
   */
  async load(api, name) {
    let features = [];
    try {
      features = (await api.get(`/api/layers/${name}`)).features ?? [];
    } catch (error) {
      console.warn(`layer ${name}`, error);
      return;
    }
    this.counts[name] = features.length;
    if (features.length === 0) return;
    if (name === "county") this.#frame(features);
    if (/** @type {readonly string[]} */ (AREA_LEVELS).includes(name)) this.#takeAreas(name, features);
    else if (name === "water") this.waters = features.map((/** @type {any} */ f) => this.#line(f));
    else if (name === "road") this.#takeRoads(features);
    else if (name === "camera") this.#takeCameras(features);
    else if (name === "facility") this.facilities = features.map((/** @type {any} */ f) => placeOf(f));
  }

  /** @param {any[]} features */
  #frame(features) {
    const [west, south, east, north] = boxOf(features);
    this.degrees = [west, south, east, north];
    this.origin = { x: mercatorX(west), y: mercatorY(north) };
    const [maxX, maxY] = toLocal(east, south, this.origin);
    this.box = [0, 0, maxX, maxY];
  }

  /** @param {string} level @param {any[]} features */
  #takeAreas(level, features) {
    if (!this.origin) this.#frame(features);
    const origin = /** @type {import("./geometry.js").Origin} */ (this.origin);
    const all = new Path2D();
    this.areas[level] = features.map((feature, i) => {
      const path = new Path2D();
      trace(path, feature.geometry, origin);
      all.addPath(path);
      const { code, name } = feature.properties;
      const at = labelPlace(feature.geometry);
      const label = level === "grid" ? gridLabel(name, code) : shortName(name);
      this.middles.set(code, [at.lon, at.lat]);
      return { code, name, label, path, labelX: mercatorX(at.lon), labelY: mercatorY(at.lat), tint: i, box: boxOf([feature]) };
    });
    this.paths[level] = all;
    if (level === "township") spreadTints(this.areas.township);
  }

  /** @param {any} feature */
  #line(feature) {
    const path = new Path2D();
    trace(path, feature.geometry, /** @type {any} */ (this.origin));
    return { path, width_m: feature.properties.width_m ?? 40, name: feature.properties.name ?? "" };
  }

  /** @param {any[]} features */
  #takeRoads(features) {
    for (const feature of features) {
      const key = `road_${feature.properties.road_class ?? feature.properties.class ?? "village"}`;
      this.paths[key] ??= new Path2D();
      trace(this.paths[key], feature.geometry, /** @type {any} */ (this.origin));
    }
  }

  /** @param {any[]} features */
  #takeCameras(features) {
    const count = features.length;
    const cameras = { count, x: new Float64Array(count), y: new Float64Array(count), bearing: new Int16Array(count), health: new Uint8Array(count), properties: features.map((f) => f.properties) };
    features.forEach((feature, i) => {
      const [lon, lat] = feature.geometry.coordinates;
      cameras.x[i] = mercatorX(lon);
      cameras.y[i] = mercatorY(lat);
      cameras.bearing[i] = feature.properties.bearing_deg ?? -1;
      cameras.health[i] = feature.properties.health === "online" || feature.properties.health === undefined ? 1 : 0;
    });
    this.cameras = cameras;
  }
}

/** @param {string} name @param {string} code */
function gridLabel(name, code) {
  return name.length <= 6 ? name : String(Number(code.slice(-3)));
}

/** @param {any} feature */
function placeOf(feature) {
  const [lon, lat] = feature.geometry.coordinates;
  return { name: feature.properties.name, kind: feature.properties.kind, x: mercatorX(lon), y: mercatorY(lat), lon, lat, properties: feature.properties };
}

/** Gives neighbours (by distance of their names) different tints. @param {Area[]} areas */
function spreadTints(areas) {
  const near = (/** @type {Area} */ a) => [...areas].sort((p, q) => away(a, p) - away(a, q)).slice(1, 6);
  for (const area of areas) area.tint = -1;
  for (const area of areas) {
    const used = new Set(near(area).map((other) => other.tint));
    area.tint = [0, 1, 2, 3, 4].find((tint) => !used.has(tint)) ?? 0;
  }
}

/** @param {Area} a @param {Area} b */
function away(a, b) {
  return (a.labelX - b.labelX) ** 2 + (a.labelY - b.labelY) ** 2;
}
