// The layers of the map as the server has them: fetched once, turned into paths, places and counts.
import { shortName } from "../core/areas.js";
import { mercatorX, mercatorY } from "../core/positions.js";
import { HEALTH } from "./clusters.js";
import { readRelief } from "./relief.js";
import { boxOf, labelPlace, parts, toLocal, trace } from "./geometry.js";

/** @typedef {{code: string, name: string, label: string, path: Path2D, labelX: number, labelY: number, tint: number, box: number[]}} Area */

/** @typedef {{layer: string, name: string, kind: string, x: number, y: number, lon: number, lat: number, properties: any}} Place */

/** What a camera sees when its record does not say it, in degrees. */
const USUAL_VIEW_DEG = 60;

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
    /** @type {{path: Path2D, width_m: number, cls: string, xy: Float64Array, properties: any}[]} */
    this.waters = [];
    /** @type {{cls: string, box: number[], xy: Float64Array, properties: any}[]} */
    this.roads = [];
    /** @type {Place[]} */
    this.facilities = [];
    /** @type {Place[]} */
    this.pois = [];
    this.cameras = { count: 0, x: new Float64Array(0), y: new Float64Array(0), bearing: new Int16Array(0), view: new Uint16Array(0), health: new Uint8Array(0), properties: /** @type {any[]} */ ([]) };
    /** @type {import("./relief.js").Relief|null} */
    this.relief = null;
    /** @type {Record<string, number>} */
    this.counts = {};
    /** @type {Map<string, [number, number]>} the middle of each area by its code, longitude first */
    this.middles = new Map();
  }

  /** Whether every layer was fetched that another has. @param {Layers} other */
  hasAllOf(other) {
    return Object.keys(other.counts).every((name) => name.includes(":") || name in this.counts);
  }

  /** Takes over what another has fetched, all of it at once. @param {Layers} fresh */
  take(fresh) {
    Object.assign(this, fresh);
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
    else if (name === "facility") this.#takeFacilities(features);
    else if (name === "poi") this.pois = features.map((/** @type {any} */ f) => placeOf(f, "poi"));
  }

  /** Fetches the lie of the land, where the server knows it. @param {import("../core/api.js").Api} api */
  async loadRelief(api) {
    try {
      this.relief = readRelief((await api.get("/api/relief")).relief);
    } catch (error) {
      console.warn("relief", error);
    }
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
    const origin = /** @type {any} */ (this.origin);
    const xy = Float64Array.from(parts(feature.geometry).flatMap((line) => line.flatMap(([lon, lat]) => toLocal(lon, lat, origin))));
    return { path, width_m: feature.properties.width_m ?? 40, cls: "water", xy, properties: feature.properties };
  }

  /** @param {any[]} features */
  #takeRoads(features) {
    const origin = /** @type {any} */ (this.origin);
    this.roads = [];
    for (const { geometry, properties } of features) {
      const cls = properties.road_class ?? properties.class ?? "village";
      for (const key of properties.closed ? [`road_${cls}`, "road_closed"] : [`road_${cls}`]) {
        this.paths[key] ??= new Path2D();
        trace(this.paths[key], geometry, origin);
      }
      for (const line of parts(geometry)) {
        const xy = Float64Array.from(line.flatMap(([lon, lat]) => toLocal(lon, lat, origin)));
        this.roads.push({ cls, xy, box: boxOfLine(xy), properties });
      }
    }
  }

  /** @param {any[]} features */
  #takeFacilities(features) {
    this.facilities = features.map((f) => placeOf(f, "facility"));
    for (const { kind } of this.facilities) this.counts[`facility:${kind}`] = (this.counts[`facility:${kind}`] ?? 0) + 1;
  }

  /** @param {any[]} features */
  #takeCameras(features) {
    const count = features.length;
    const cameras = { count, x: new Float64Array(count), y: new Float64Array(count), bearing: new Int16Array(count), view: new Uint16Array(count), health: new Uint8Array(count), properties: features.map((f) => f.properties) };
    features.forEach((feature, i) => {
      const [lon, lat] = feature.geometry.coordinates;
      cameras.x[i] = mercatorX(lon);
      cameras.y[i] = mercatorY(lat);
      cameras.bearing[i] = feature.properties.bearing_deg ?? -1;
      cameras.view[i] = feature.properties.field_of_view_deg ?? USUAL_VIEW_DEG;
      cameras.health[i] = HEALTH[/** @type {keyof typeof HEALTH} */ (feature.properties.health)] ?? HEALTH.online;
    });
    this.cameras = cameras;
  }
}

/** @param {string} name @param {string} code */
function gridLabel(name, code) {
  return name.length <= 6 ? name : String(Number(code.slice(-3)));
}

/** @param {any} feature @param {string} layer @returns {Place} */
function placeOf(feature, layer) {
  const [lon, lat] = feature.geometry.coordinates;
  return { layer, name: feature.properties.name, kind: feature.properties.kind, x: mercatorX(lon), y: mercatorY(lat), lon, lat, properties: feature.properties };
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

/** @param {Float64Array} xy local units @returns {number[]} minX, minY, maxX, maxY */
function boxOfLine(xy) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xy.length; i += 2) {
    box[0] = Math.min(box[0], xy[i]);
    box[1] = Math.min(box[1], xy[i + 1]);
    box[2] = Math.max(box[2], xy[i]);
    box[3] = Math.max(box[3], xy[i + 1]);
  }
  return box;
}
