// Open cases close to a place: what comes in may have come in before. Pure.
import { OPEN } from "../core/store.js";

const DEGREE_M = 111_320;
const RADIANS = Math.PI / 180;
/** As far as citizens misplace one and the same thing. */
export const NEAR_M = 500;
const MOST = 4;

/** Metres between two places of one county; flat is exact enough at this distance. @param {{lon: number, lat: number}} a @param {{lon: number, lat: number}} b */
export function metres(a, b) {
  return Math.hypot((a.lon - b.lon) * Math.cos(a.lat * RADIANS), a.lat - b.lat) * DEGREE_M;
}

/**
 * Open cases within NEAR_M, those of the same category first, then the nearest.
 * @param {Iterable<any>} records @param {{lon: number, lat: number, id?: string, category?: string}} place
 * @returns {{record: any, away_m: number}[]}
 */
export function casesNear(records, place) {
  const found = [];
  for (const record of records) {
    if (record.id === place.id || !OPEN.has(record.status)) continue;
    const away_m = metres(place, record);
    if (away_m <= NEAR_M) found.push({ record, away_m });
  }
  const same = (/** @type {any} */ one) => Number(one.record.category !== place.category);
  return found.sort((a, b) => same(a) - same(b) || a.away_m - b.away_m).slice(0, MOST);
}
