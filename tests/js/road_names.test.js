// Names of roads stand along a straight stretch, are never upside down, and do not crowd.
import assert from "node:assert/strict";
import { test } from "node:test";
import { roadNames, stretches, wholeRoads } from "../../wall_ui/assets/map/road_names.js";
import { UNITS } from "../../wall_ui/assets/map/geometry.js";

const line = (...xy) => Float64Array.from(xy);

test("a name lies along its road and reads from left to right, whichever way the road runs", () => {
  const east = /** @type {any} */ (stretches(line(0, 0, 60, 60), 60, 15)[0]);
  const west = /** @type {any} */ (stretches(line(60, 60, 0, 0), 60, 15)[0]);
  for (const one of [east, west]) assert.deepEqual([one.x, one.y, one.angle].map((n) => Math.round(n * 1000) / 1000), [30, 30, 0.785]);
});

test("a road that is too short or winds too much bears none, and one that winds at first bears it where it is straight", () => {
  assert.deepEqual(stretches(line(0, 0, 40, 0), 60, 15), []);
  assert.deepEqual(stretches(line(0, 0, 20, 30, 40, 0, 60, 30, 80, 0), 60, 15), []);
  const found = stretches(line(0, 0, 20, 30, 40, 0, 60, 30, 80, 0, 300, 0), 60, 15);
  assert.ok(found.length > 2 && found.every((at) => at.x > 80 && at.y === 0));
});

test("the same name stands again only far away, and lesser roads are named only near by", () => {
  const view = /** @type {any} */ ({ scale: UNITS, left: 0, top: 0, width: 2000, height: 400 });
  const road = (cls, name, y, from = 0) => ({ cls, xy: line(from, y, from + 100, y), properties: { name } });
  const roads = [road("county", "乙", 90), road("trunk", "甲", 50), road("trunk", "甲", 50, 110), road("trunk", "甲", 50, 900)];
  const named = (near) => roadNames({ roads, waters: [], origin: { x: 0, y: 0 } }, view, near, 15, () => 40, (name) => name).map(({ name, x }) => [name, Math.round(x)]);
  assert.deepEqual(named(12.2), [["甲", 36], ["甲", 936]]);
  assert.deepEqual(named(13), [["甲", 36], ["甲", 936], ["乙", 36]]);
  assert.deepEqual(named(11), []);
});

test("pieces between junctions are one road, in whatever order and direction they come", () => {
  const piece = (name, ...xy) => ({ cls: "trunk", xy: line(...xy), properties: { name } });
  const roads = [piece("甲", 20, 0, 10, 0), piece("甲", 30, 0, 40, 0), piece("乙", 20, 0, 20, 9), piece("甲", 20, 0, 30, 0), piece("甲", 0, 0, 10, 0)];
  const whole = wholeRoads(roads).map(({ name, xy }) => [name, xy.length, Math.abs(xy[0] - xy[xy.length - 2])]);
  assert.deepEqual(whole.sort(), [["乙", 4, 0], ["甲", 10, 40]]);
});
