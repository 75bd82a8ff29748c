// The lie of the land: valleys and gullies lit from the north-west, tablelands between them. Only where the server has
// heights: nothing is invented here. It fades out where one comes so near that a grid of a hundred metres would show.

/** @typedef {{west: number, south: number, east: number, north: number, width: number, height: number, range_m: number, heights: Uint8Array}} Relief one byte a cell, rows from the north */

const FADES = /** @type {const} */ ([11.9, 13.7]); // zooms of a screen of 1920 pixels
const EXAGGERATED = 3.4;
const DEGREE_M = 111_320;
// What faces the light and what lies in shadow; the ground of the valleys and that of the tablelands, with how much is seen of each.
const LIT = [158, 220, 255];
const DARK = [1, 7, 14];
const FLOOR = [2, 40, 48];
const HIGH = [104, 170, 214];
const GROUND = { floor: 0.62, high: 0.16 };

/** @type {WeakMap<Relief, OffscreenCanvas>} */
const made = new WeakMap();

/** What the server sent, with the differences summed up: what is left and above of a cell says most about it. @param {any} told @returns {Relief|null} */
export function readRelief(told) {
  if (!told) return null;
  const { width, steps, ...rest } = told;
  const heights = Uint8Array.from(atob(steps), (one) => one.charCodeAt(0));
  for (let i = width; i < heights.length; i += 1) heights[i] += heights[i - width];
  for (let i = 0; i < heights.length; i += 1) if (i % width) heights[i] += heights[i - 1];
  return { ...rest, width, heights };
}

/** How much of it is seen at a zoom of a screen of 1920 pixels. @param {number} near */
export function reliefAt(near) {
  const [from, to] = FADES;
  return Math.min(1, Math.max(0, (to - near) / (to - from)));
}

/**
 * Paints it over the county's face, in a context of local units.
 * @param {CanvasRenderingContext2D} c @param {{relief: Relief|null, paths: Record<string, Path2D>, box: number[]}} layers @param {number} near
 */
export function paintRelief(c, { relief, paths, box }, near) {
  const seen = reliefAt(near);
  if (!relief || !paths.county || !seen) return;
  if (!made.has(relief)) made.set(relief, shaded(relief));
  c.save();
  c.clip(paths.county);
  c.globalAlpha = seen;
  c.imageSmoothingQuality = "high";
  // The grid covers the county from side to side, as its frame does.
  c.drawImage(/** @type {OffscreenCanvas} */ (made.get(relief)), box[0], box[1], box[2] - box[0], box[3] - box[1]);
  c.restore();
}

/** @param {Relief} relief @returns {OffscreenCanvas} */
function shaded(relief) {
  const { width, height } = relief;
  const sheet = new OffscreenCanvas(width, height);
  const c = /** @type {OffscreenCanvasRenderingContext2D} */ (sheet.getContext("2d"));
  const picture = c.createImageData(width, height);
  shade(picture.data, relief);
  c.putImageData(picture, 0, 0);
  return sheet;
}

/** Writes light, shadow and the valleys' ground. Pure but for `data`. @param {Uint8ClampedArray} data @param {Relief} relief */
export function shade(data, { west, south, east, north, width, height, range_m, heights }) {
  const east_m = (((east - west) * DEGREE_M) / width) * Math.cos(((south + north) / 2) * (Math.PI / 180));
  const south_m = ((north - south) * DEGREE_M) / height;
  const steep = (EXAGGERATED * range_m) / 255 / 2;
  const at = (/** @type {number} */ x, /** @type {number} */ y) => heights[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const dx = ((at(x + 1, y) - at(x - 1, y)) * steep) / east_m;
      const dy = ((at(x, y + 1) - at(x, y - 1)) * steep) / south_m;
      // From 1, right against the light, to -1, right away from it; 0 is level ground.
      const light = (dx + dy) / Math.hypot(1, dx, dy) / Math.SQRT2;
      const over = Math.min(1, Math.abs(light)) * (light > 0 ? 0.56 : 0.8);
      const high = at(x, y) / 255;
      const [ground, under] = high < 0.5 ? [FLOOR, (1 - 2 * high) * GROUND.floor] : [HIGH, (2 * high - 1) * GROUND.high];
      const alpha = over + under * (1 - over);
      const ink = light > 0 ? LIT : DARK;
      const i = (y * width + x) * 4;
      for (let k = 0; k < 3; k += 1) data[i + k] = alpha ? (ink[k] * over + ground[k] * under * (1 - over)) / alpha : 0;
      data[i + 3] = alpha * 255;
    }
  }
}
