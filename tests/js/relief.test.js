// The lie of the land: heights come as steps, light falls from the north-west, and near by nothing of it is left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readRelief, reliefAt, shade } from "../../wall_ui/assets/map/relief.js";

const FRAME = { west: 107, south: 35, east: 107.04, north: 35.03, range_m: 300 };

/** As the server sends them. @param {number[][]} rows */
function sent(rows) {
  const across = rows.map((row) => row.map((one, x) => one - (row[x - 1] ?? 0)));
  const steps = across.flatMap((row, y) => row.map((one, x) => (one - (across[y - 1]?.[x] ?? 0)) & 255));
  return { ...FRAME, width: rows[0].length, height: rows.length, steps: btoa(String.fromCharCode(...steps)) };
}

test("heights are read back from their steps, and of a county without any nothing is made up", () => {
  const rows = [[0, 255, 3], [200, 1, 90], [7, 7, 255]];
  assert.deepEqual([...(readRelief(sent(rows))?.heights ?? [])], rows.flat());
  assert.equal(readRelief(null), null);
});

test("a slope that faces the north-west is lit, its back lies in shadow, and level high ground in neither", () => {
  const ridge = [0, 0, 128, 255, 128, 0, 0];
  const relief = /** @type {any} */ (readRelief(sent(ridge.map((_, y) => ridge.map((_, x) => ridge[Math.max(0, Math.min(6, x + y - 3))])))));
  const data = new Uint8ClampedArray(7 * 7 * 4);
  shade(data, relief);
  const light = (/** @type {number} */ x, /** @type {number} */ y) => data[(y * 7 + x) * 4 + 2];
  assert.ok(light(2, 3) > 190, `faces it: ${light(2, 3)}`);
  assert.ok(light(4, 3) < 60, `turns away: ${light(4, 3)}`);
});

test("it fades out before its grid would be read as something measured", () => {
  assert.deepEqual([reliefAt(11), reliefAt(12.8), reliefAt(14)].map((one) => Number(one.toFixed(2))), [1, 0.5, 0]);
});
