// Lines on the map: from a unit to where it is going, and the way that is recommended.
import { withAlpha } from "./palette.js";

/** @typedef {import("./tile_surface.js").Thing} Thing */

// A line is covered by boxes no longer than this (device pixels): one box around a slanting line would cover half the screen.
const PIECE = 256;
const WAY_STROKES = /** @type {const} */ ([[13, 0.18], [7.5, null], [4.5, 1]]);

/** Boxes along a line, each `margin` wider than its piece of it. @param {number[][]} places @param {number} margin @returns {number[][]} */
export function boxesAlong(places, margin) {
  const boxes = [];
  for (let i = 1; i < places.length; i += 1) {
    const [[x1, y1], [x2, y2]] = [places[i - 1], places[i]];
    const pieces = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / PIECE));
    for (let n = 0; n < pieces; n += 1) {
      const [ax, ay] = [x1 + ((x2 - x1) * n) / pieces, y1 + ((y2 - y1) * n) / pieces];
      const [bx, by] = [x1 + ((x2 - x1) * (n + 1)) / pieces, y1 + ((y2 - y1) * (n + 1)) / pieces];
      boxes.push([Math.min(ax, bx) - margin, Math.min(ay, by) - margin, Math.max(ax, bx) + margin, Math.max(ay, by) + margin]);
    }
  }
  return boxes;
}

/** @param {string} key @param {number[]} from @param {number[]} to @param {string} colour @param {number} px @returns {Thing} */
export function dashed(key, from, to, colour, px) {
  const ends = [from, to].map((place) => place.map(Math.round));
  const draw = (/** @type {any} */ c) => {
    c.setLineDash([2 * px, 6 * px]);
    c.lineWidth = 2.4 * px;
    c.strokeStyle = withAlpha(colour, 0.8);
    trace(c, ends);
    c.stroke();
    c.setLineDash([]);
  };
  return { key, look: `${ends} ${colour} ${px}`, boxes: boxesAlong(ends, 2 * px + 2), draw };
}

/** The recommended way. @param {number[][]} places @param {string} colour @param {number} px @returns {Thing} */
export function way(places, colour, px) {
  const draw = (/** @type {any} */ c) => {
    for (const [width, alpha] of WAY_STROKES) {
      trace(c, places);
      c.lineWidth = width * px;
      c.strokeStyle = alpha === null ? "rgb(3 12 20 / 0.9)" : withAlpha(colour, alpha);
      c.stroke();
    }
  };
  return { key: "way", look: `${places} ${colour} ${px}`, boxes: boxesAlong(places, 8 * px), draw };
}

/** @param {any} c @param {number[][]} places */
function trace(c, places) {
  c.beginPath();
  places.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
}
