import assert from "node:assert/strict";
import { test } from "node:test";
import { boxOf, inRing, labelPlace, parts, toLocal } from "../../wall_ui/assets/map/geometry.js";
import { frameFor } from "../../wall_ui/assets/map/framing.js";
import { choosePlace, covered } from "../../wall_ui/assets/map/labels.js";
import { differing, meets, TILE } from "../../wall_ui/assets/map/tile_surface.js";
import { boxesAlong, dashed } from "../../wall_ui/assets/map/ways.js";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const own = (record) => [record.lon, record.lat];
const COUNTY = [107, 35, 108, 36];
const grave = (ago_s, more = {}) => ({ id: "a", priority: 1, lon: 107.5, lat: 35.5, reported_at: new Date(NOW - ago_s * 1000).toISOString(), assignments: [], ...more });

test("the wall looks at a new emergency and whoever goes there, and else at the county", () => {
  const nobody = () => null;
  assert.deepEqual(frameFor([], own, nobody, NOW, COUNTY), { box: COUNTY, why: null });
  assert.equal(frameFor([grave(5, { priority: 2 })], own, nobody, NOW, COUNTY).why, null);
  assert.equal(frameFor([grave(60)], own, nobody, NOW, COUNTY).why, null);
  const { box, why } = frameFor([grave(5, { assignments: [{ unit: "u" }] })], own, () => [107.9, 35.2], NOW, COUNTY);
  assert.equal(why, "a");
  assert.ok(box[0] < 107.5 && box[1] < 35.2 && box[2] > 107.9 && box[3] > 35.5);
});

test("of two new emergencies the later one is looked at", () => {
  assert.equal(frameFor([grave(9, { id: "old" }), grave(2, { id: "new" })], own, () => null, NOW, COUNTY).why, "new");
});

test("a geometry gives all its lines and its box", () => {
  const polygon = { type: "MultiPolygon", coordinates: [[[[0, 0], [1, 0], [1, 2], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]] };
  assert.equal(parts(polygon).length, 2);
  assert.deepEqual(boxOf([{ geometry: polygon }]), [0, 0, 6, 6]);
  assert.deepEqual(parts({ type: "Point", coordinates: [1, 2] }), [[[1, 2]]]);
  assert.deepEqual(parts(null), []);
});

test("a name stands inside its area, also where the area is bent around its own middle", () => {
  const horseshoe = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10], [0, 0]];
  const { lon, lat } = labelPlace({ type: "Polygon", coordinates: [horseshoe] });
  assert.ok(inRing(lon, lat, horseshoe), `${lon} ${lat}`);
});

test("local units keep a metre apart at every zoom in single precision", () => {
  const origin = { x: 0.79, y: 0.39 };
  const [x1] = toLocal(107.7, 35.3, origin);
  const [x2] = toLocal(107.70001, 35.3, origin);
  assert.ok(Math.fround(x2) - Math.fround(x1) > 0.5);
});

test("a name keeps its place unless another is clearly better, and never stands on another name", () => {
  const home = [0, 0, 10, 10];
  const aside = [0, 12, 10, 22];
  assert.equal(choosePlace([home, aside], [], [], 0), 0);
  assert.equal(choosePlace([home, aside], [home], [], 0), 1);
  assert.equal(choosePlace([home, aside], [[0, 0, 10, 1]], [], 0), 0);
  assert.equal(choosePlace([home, aside], [], [home], 0), 1);
  assert.equal(choosePlace([home, aside], [], [home, aside], 0), -1);
  assert.equal(covered(home, [[5, 0, 15, 10]]), 0.5);
});

test("a tile is met by what overlaps it, not by what touches its edge", () => {
  const tile = { x: TILE, y: 0 };
  assert.ok(meets(tile, TILE - 5, 5, TILE + 5, 10));
  assert.ok(!meets(tile, 0, 0, TILE, TILE));
});

test("only what looks different is painted again: where it lay, and where it lies", () => {
  const thing = (key, look, x) => ({ key, look, boxes: [[x, 0, x + 10, 10]], draw: () => {} });
  const lying = new Map([["a", thing("a", "red", 0)], ["b", thing("b", "red", 100)], ["c", thing("c", "red", 200)]]);
  assert.deepEqual(differing(lying, [...lying.values()]), []);
  assert.deepEqual(differing(lying, [thing("a", "red", 0), thing("b", "amber", 300), thing("d", "red", 400)]), [
    [100, 0, 110, 10], [300, 0, 310, 10], [400, 0, 410, 10], [200, 0, 210, 10],
  ]);
});

test("the boxes along a slanting line lie close to it and leave no part of it out", () => {
  const boxes = boxesAlong([[0, 0], [3000, 2000]], 4);
  assert.ok(boxes.every(([x1, y1, x2, y2]) => x2 - x1 <= 256 + 8 && y2 - y1 <= 256 + 8));
  for (let t = 0; t <= 1; t += 0.01) assert.ok(boxes.some(([x1, y1, x2, y2]) => meets({ x: 3000 * t, y: 2000 * t }, x1, y1, x2, y2)));
  assert.ok(boxes.every(([x1, y1, x2, y2]) => !(x1 < 3000 && x2 > 2700 && y1 < 300 && y2 > 0)), "the corner beside it is free");
  assert.equal(dashed("k", [0.2, 0.4], [90.1, 0], "#ffffff", 1).look, dashed("k", [0.3, 0.1], [89.8, 0], "#ffffff", 1).look);
});
