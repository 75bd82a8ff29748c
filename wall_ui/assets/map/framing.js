// What the wall looks at by itself: the county at rest, a grave new case and those who go there while it is new.

const FOCUS_MS = 25_000;
// Around a place in focus at least this much is shown (degrees of latitude: about 5 km to each side).
const AROUND_DEG = 0.045;

/** @typedef {[number, number, number, number]} Box west, south, east, north in degrees */

/**
 * Chooses the frame: the newest case of priority 1 that was reported or changed hands within the last seconds, with its
 * units; else the county.
 * @param {any[]} cases open cases @param {(record: any) => [number, number]} shownAt where a case is shown @param {(unit: string) => [number, number]|null} placeOf a unit's place
 * @param {number} now_ms @param {Box} county @returns {{box: Box, why: string|null}}
 */
export function frameFor(cases, shownAt, placeOf, now_ms, county) {
  const grave = cases
    .filter((record) => record.priority === 1 && now_ms - Date.parse(record.reported_at) < FOCUS_MS)
    .sort((a, b) => b.reported_at.localeCompare(a.reported_at))[0];
  if (!grave) return { box: county, why: null };
  const places = [shownAt(grave)];
  for (const assignment of grave.assignments ?? []) {
    const place = placeOf(assignment.unit);
    if (place) places.push(place);
  }
  return { box: around(places), why: grave.id };
}

/** @param {number[][]} places @returns {Box} */
function around(places) {
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  const wide = AROUND_DEG / Math.cos((lats[0] * Math.PI) / 180);
  return [Math.min(...lons) - wide, Math.min(...lats) - AROUND_DEG, Math.max(...lons) + wide, Math.max(...lats) + AROUND_DEG];
}

export class Framing {
  /**
   * @param {any} map Leaflet map @param {{choose: () => {box: Box, why: string|null}, inset: () => {left: number, right: number,
   *   top: number, bottom: number}, onLock: (locked: boolean) => void}} parts inset: CSS pixels that panels cover
   */
  constructor(map, parts) {
    this.map = map;
    this.parts = parts;
    this.locked = false;
    this.why = /** @type {string|null|undefined} */ (undefined);
    const lock = () => this.lock();
    map.on("dragstart", lock);
    map.getContainer().addEventListener("wheel", lock, { passive: true });
    map.getContainer().addEventListener("touchmove", lock, { passive: true });
    map.on("resize", () => this.#go(true));
    this.timer = setInterval(() => this.#go(false), 1000);
    this.#go(true);
  }

  destroy() {
    clearInterval(this.timer);
  }

  /** Keeps the view as somebody has set it. */
  lock() {
    if (this.locked) return;
    this.locked = true;
    this.parts.onLock(true);
  }

  resume() {
    this.locked = false;
    this.parts.onLock(false);
    this.why = undefined;
    this.#go(false);
  }

  /** @param {boolean} at_once */
  #go(at_once) {
    if (this.locked) return;
    const { box, why } = this.parts.choose();
    if (!at_once && why === this.why) return;
    const calm = at_once || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.why = why;
    const { left, right, top, bottom } = this.parts.inset();
    this.map.fitBounds([[box[1], box[0]], [box[3], box[2]]], {
      paddingTopLeft: [left, top], paddingBottomRight: [right, bottom], animate: !calm, duration: 0.8, maxZoom: 14,
    });
  }
}
