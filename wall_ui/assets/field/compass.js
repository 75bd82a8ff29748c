// Distance and direction between two places, as one tells somebody on foot.

const EARTH_M = 6_371_008.8;
const radians = (/** @type {number} */ degrees) => (degrees * Math.PI) / 180;

/** @typedef {{lon: number, lat: number}} Place */

/** Metres along the great circle. @param {Place} a @param {Place} b */
export function distance_m(a, b) {
  const dLat = radians(b.lat - a.lat);
  const dLon = radians(b.lon - a.lon);
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Degrees clockwise from north at which `b` lies from `a`, 0 to 360. @param {Place} a @param {Place} b */
export function bearing_deg(a, b) {
  const dLon = radians(b.lon - a.lon);
  const y = Math.sin(dLon) * Math.cos(radians(b.lat));
  const x = Math.cos(radians(a.lat)) * Math.sin(radians(b.lat)) - Math.sin(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.cos(dLon);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

/** One of eight directions, 0 north, 2 east. @param {number} degrees */
export function direction(degrees) {
  return Math.round((((degrees % 360) + 360) % 360) / 45) % 8;
}

/** A length in words. @param {number} metres @param {(key: string, places?: Record<string, unknown>) => string} t */
export function length(metres, t) {
  // 995 m and more would read "1000 m".
  if (metres < 995) return t("field.metres", { n: metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10 });
  return t("field.kilometres", { n: (metres / 1000).toFixed(metres < 10_000 ? 1 : 0) });
}

/**
 * The address that opens the phone's own map at a place; phones of Apple do not know geo:.
 * @param {Place} place @param {string} label @param {string} agent navigator.userAgent
 */
export function navigationLink({ lon, lat }, label, agent) {
  const at = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  const name = encodeURIComponent(label);
  return /iPhone|iPad|iPod/.test(agent) ? `maps:?daddr=${at}&q=${name}` : `geo:${at}?q=${at}(${name})`;
}
