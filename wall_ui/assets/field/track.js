// Own fixes on their way to the server: kept while there is no network, oldest dropped when there are too many.

const MOST = 600;
const BATCH = 100;
const MOVED_M = 10;
const ANYWAY_S = 20;
// A fix vaguer than this says less than the last one.
const VAGUE_M = 300;

import { distance_m } from "./compass.js";

/** @typedef {{lon: number, lat: number, at: string, accuracy_m: number, speed_mps?: number, heading_deg?: number}} Fix */

/** @param {GeolocationPosition} position @returns {Fix} */
export function fixOf({ coords, timestamp }) {
  /** @type {Fix} */
  const fix = {
    lon: Number(coords.longitude.toFixed(6)),
    lat: Number(coords.latitude.toFixed(6)),
    at: new Date(timestamp).toISOString(),
    accuracy_m: Math.round(coords.accuracy),
  };
  if (Number.isFinite(coords.speed)) fix.speed_mps = Number(/** @type {number} */ (coords.speed).toFixed(1));
  if (Number.isFinite(coords.heading)) fix.heading_deg = Math.round(/** @type {number} */ (coords.heading)) % 360;
  return fix;
}

/** Whether a fix tells something new. @param {Fix|null} last @param {Fix} fix */
export function isNews(last, fix) {
  if (fix.accuracy_m > VAGUE_M && last) return false;
  if (!last) return true;
  const since_s = (Date.parse(fix.at) - Date.parse(last.at)) / 1000;
  return since_s > 0 && (since_s >= ANYWAY_S || distance_m(last, fix) >= MOVED_M);
}

export class Track {
  constructor() {
    /** @type {Fix[]} */
    this.fixes = [];
    /** @type {Fix|null} */
    this.last = null;
  }

  /** @param {Fix} fix @returns {boolean} whether it will be sent */
  take(fix) {
    if (!isNews(this.last, fix)) return false;
    this.last = fix;
    this.fixes.push(fix);
    if (this.fixes.length > MOST) this.fixes.splice(0, this.fixes.length - MOST);
    return true;
  }

  /** The oldest that wait. @returns {Fix[]} */
  batch() {
    return this.fixes.slice(0, BATCH);
  }

  /** Forgets what the server has. @param {Fix[]} batch */
  done(batch) {
    const gone = new Set(batch);
    this.fixes = this.fixes.filter((fix) => !gone.has(fix));
  }
}
