// Measuring on the ellipsoid, and the coordinates that people in China read. Degrees in, longitude first. Pure.

const RADIANS = Math.PI / 180;
const A_M = 6378137;
// CGCS2000 and WGS 84 differ in their flattening by what makes 0.1 mm at the pole.
const F = 1 / 298.257222101;
const B_M = A_M * (1 - F);

// ------------------------------------------------------------------------------------------------------- GCJ-02
const KRASOVSKY_A_M = 6378245;
const KRASOVSKY_E2 = 0.006693421622965943;
const SHIFTED_BOX = [72.004, 0.8293, 137.8347, 55.8271];

/** @typedef {[number, number]} Place longitude, latitude in degrees */

const wave = (/** @type {number} */ turns) => Math.sin(turns * Math.PI);

/** WGS 84 to GCJ-02, as gis/crs.py has it. @param {Place} place @returns {Place} */
export function toGcj02([lon, lat]) {
  const [west, south, east, north] = SHIFTED_BOX;
  if (lon < west || lon > east || lat < south || lat > north) return [lon, lat];
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const short = ((20 * wave(6 * x) + 20 * wave(2 * x)) * 2) / 3;
  const up = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short
    + ((20 * wave(y) + 40 * wave(y / 3) + 160 * wave(y / 12) + 320 * wave(y / 30)) * 2) / 3;
  const aside = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short
    + ((20 * wave(x) + 40 * wave(x / 3) + 150 * wave(x / 12) + 300 * wave(x / 30)) * 2) / 3;
  const curved = 1 - KRASOVSKY_E2 * Math.sin(lat * RADIANS) ** 2;
  const meridian_m = (KRASOVSKY_A_M * (1 - KRASOVSKY_E2)) / (curved * Math.sqrt(curved));
  const parallel_m = (KRASOVSKY_A_M / Math.sqrt(curved)) * Math.cos(lat * RADIANS);
  return [lon + aside / parallel_m / RADIANS, lat + up / meridian_m / RADIANS];
}

// ------------------------------------------------------------------------- Gauss-Krüger, by Krüger's series in n
const N = F / (2 - F);
const RECTIFYING_M = (A_M / (1 + N)) * (1 + N ** 2 / 4 + N ** 4 / 64);
const SERIES = [
  N / 2 - (2 / 3) * N ** 2 + (5 / 16) * N ** 3 + (41 / 180) * N ** 4,
  (13 / 48) * N ** 2 - (3 / 5) * N ** 3 + (557 / 1440) * N ** 4,
  (61 / 240) * N ** 3 - (103 / 140) * N ** 4,
  (49561 / 161280) * N ** 4,
];
const FALSE_EAST_M = 500_000;

/** The central meridian of the 3° zone that holds a longitude. @param {number} lon */
export const meridianOf = (lon) => 3 * Math.round(lon / 3);

/** Metres east (with 500 km added) and north in the CGCS2000 3° zone of a meridian. @param {Place} place @param {number} [meridian] @returns {Place} */
export function toZone([lon, lat], meridian = meridianOf(lon)) {
  const sine = Math.sin(lat * RADIANS);
  const k = (2 * Math.sqrt(N)) / (1 + N);
  const t = Math.sinh(Math.atanh(sine) - k * Math.atanh(k * sine));
  const away = (lon - meridian) * RADIANS;
  const xi = Math.atan2(t, Math.cos(away));
  const eta = Math.atanh(Math.sin(away) / Math.hypot(1, t));
  let [east, north] = [eta, xi];
  SERIES.forEach((term, i) => {
    const turn = 2 * (i + 1);
    north += term * Math.sin(turn * xi) * Math.cosh(turn * eta);
    east += term * Math.cos(turn * xi) * Math.sinh(turn * eta);
  });
  return [FALSE_EAST_M + RECTIFYING_M * east, RECTIFYING_M * north];
}

// ------------------------------------------------------------------------------------------------------ measuring
const ROUNDS = 50;
const ENOUGH = 1e-12;

/** Metres along the geodesic between two places, by Vincenty's inverse formula. @param {Place} from @param {Place} to */
export function distance_m([lon1, lat1], [lon2, lat2]) {
  const wide = (lon2 - lon1) * RADIANS;
  const [u1, u2] = [lat1, lat2].map((lat) => Math.atan((1 - F) * Math.tan(lat * RADIANS)));
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = wide;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sine = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sine === 0) return 0;
    const cosine = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sine, cosine);
    const alpha = (c1 * c2 * sl) / sine;
    const square = 1 - alpha * alpha;
    const middle = square === 0 ? 0 : cosine - (2 * s1 * s2) / square;
    const c = (F / 16) * square * (4 + F * (4 - 3 * square));
    const before = lambda;
    lambda = wide + (1 - c) * F * alpha * (sigma + c * sine * (middle + c * cosine * (2 * middle * middle - 1)));
    if (Math.abs(lambda - before) > ENOUGH) continue;
    const u = (square * (A_M * A_M - B_M * B_M)) / (B_M * B_M);
    const a = 1 + (u / 16384) * (4096 + u * (u * (320 - 175 * u) - 768));
    const b = (u / 1024) * (256 + u * (u * (74 - 47 * u) - 128));
    const rest = b * sine * (middle + (b / 4) * (cosine * (2 * middle * middle - 1)
      - (b / 6) * middle * (4 * sine * sine - 3) * (4 * middle * middle - 3)));
    return B_M * a * (sigma - rest);
  }
  return NaN; // nearly antipodal: not within one county
}

/** Metres along a line. @param {Place[]} line */
export function length_m(line) {
  return line.slice(1).reduce((sum, place, i) => sum + distance_m(line[i], place), 0);
}

/** Square metres inside a ring, from the 3° zone around it; the zone's own stretching is taken out. @param {Place[]} ring */
export function area_m2(ring) {
  if (ring.length < 3) return 0;
  const meridian = meridianOf(ring.reduce((sum, [lon]) => sum + lon, 0) / ring.length);
  const metres = ring.map((place) => toZone(place, meridian));
  let twice = 0;
  metres.forEach(([x, y], i) => {
    const [x2, y2] = metres[(i + 1) % metres.length];
    twice += x * y2 - x2 * y;
  });
  const east = metres.reduce((sum, [x]) => sum + x, 0) / metres.length - FALSE_EAST_M;
  const stretch = 1 + (east * east) / (2 * A_M * B_M);
  return Math.abs(twice) / 2 / stretch ** 2;
}

/** The longest round length that fits: its metres and pixels. @param {number} m_per_px @param {number} most_px */
export function scaleBar(m_per_px, most_px) {
  const most_m = m_per_px * most_px;
  const power = 10 ** Math.floor(Math.log10(most_m));
  const metres = ([5, 2].find((step) => step * power <= most_m) ?? 1) * power;
  return { metres, px: metres / m_per_px };
}

/** @param {number} m */
export function lengthText(m) {
  if (m < 1000) return `${m < 10 ? m.toFixed(1) : Math.round(m)} m`;
  return `${m < 10_000 ? (m / 1000).toFixed(2) : (m / 1000).toFixed(1)} km`;
}

/** @param {number} m2 */
export function areaText(m2) {
  if (m2 < 100_000) return `${Math.round(m2).toLocaleString("en-US")} m²`;
  return `${(m2 / 1e6).toFixed(m2 < 1e8 ? 3 : 1)} km²`;
}

export const SYSTEMS = /** @type {const} */ (["wgs84", "zone", "gcj02"]);

/** A place as one reads it in a system. @param {Place} place @param {string} system */
export function placeText(place, system) {
  if (system === "zone") {
    const meridian = meridianOf(place[0]);
    const [east, north] = toZone(place, meridian);
    return `X ${north.toFixed(1)}  Y ${east.toFixed(1)}  ${meridian}°`;
  }
  const [lon, lat] = system === "gcj02" ? toGcj02(place) : place;
  return `${lon.toFixed(5)}  ${lat.toFixed(5)}`;
}
