import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ServerClock } from "../../wall_ui/assets/core/clock.js";
import { Positions, mercatorX, mercatorY } from "../../wall_ui/assets/core/positions.js";

const EPOCH = 1_795_000_000_000;

/** One frame as the server packs it. */
function frame(rows, { version = 1, at = EPOCH } = {}) {
  const view = new DataView(new ArrayBuffer(12 + 14 * rows.length));
  view.setUint8(0, version);
  view.setUint8(1, 2);
  view.setUint16(2, rows.length, true);
  view.setFloat64(4, at, true);
  rows.forEach(({ no, age = 0, heading = 255, speed = 255, lon, lat }, i) => {
    const o = 12 + 14 * i;
    view.setUint16(o, no, true);
    view.setUint16(o + 2, age, true);
    view.setUint8(o + 4, heading);
    view.setUint8(o + 5, speed);
    view.setInt32(o + 6, Math.round(lon * 1e6), true);
    view.setInt32(o + 10, Math.round(lat * 1e6), true);
  });
  return view.buffer;
}

function positions() {
  return new Positions(new ServerClock(() => EPOCH));
}

test.beforeEach(() => mock.timers.enable({ apis: ["Date"] }));
test.afterEach(() => mock.timers.reset());

test("a frame of positions is read to the last bit", () => {
  const p = positions();
  const moved = p.read(frame([{ no: 3, lon: 107.368001, lat: 35.336, heading: 45, speed: 20, age: 7 }, { no: 9, lon: 107, lat: 35 }]));
  assert.deepEqual(moved, [3, 9]);
  assert.deepEqual([p.lon[3], p.lat[3], p.heading[3], p.speed[3]], [107.368001, 35.336, 45, 20]);
  assert.equal(p.age_s(3), 7);
  assert.equal(p.age_s(4), Infinity);
});

test("a frame of another version is left alone", () => {
  const p = positions();
  assert.deepEqual(p.read(frame([{ no: 1, lon: 107, lat: 35 }], { version: 2 })), []);
  assert.equal(p.known[1], 0);
});

test("the first fix stands at once, the next is reached by gliding and not overshot", (t) => {
  const p = positions();
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  p.read(frame([{ no: 1, lon: 107.3, lat: 35.3 }]));
  assert.deepEqual(p.at(1, now), [mercatorX(107.3), mercatorY(35.3)]);
  now = 3000;
  p.read(frame([{ no: 1, lon: 107.301, lat: 35.3 }]));
  assert.ok(p.isMoving(1, now));
  const half = p.at(1, 4000)[0];
  assert.ok(Math.abs(half - mercatorX(107.3005)) < 1e-9);
  assert.equal(p.at(1, 5000)[0], mercatorX(107.301));
  assert.equal(p.at(1, 9000)[0], mercatorX(107.301));
  assert.ok(!p.isMoving(1, 9000));
});

test("a leap over kilometres is a correction and no journey", (t) => {
  const p = positions();
  let now = 0;
  t.mock.method(performance, "now", () => now);
  p.read(frame([{ no: 1, lon: 107.3, lat: 35.3 }]));
  now = 1000;
  p.read(frame([{ no: 1, lon: 107.5, lat: 35.3 }]));
  assert.equal(p.at(1, now)[0], mercatorX(107.5));
});

test("room grows for units beyond the first thousand, and what is known stays", () => {
  const p = positions();
  p.read(frame([{ no: 5, lon: 107.1, lat: 35.1 }, { no: 4000, lon: 107.2, lat: 35.2 }]));
  assert.equal(p.lon[5], 107.1);
  assert.equal(p.lon[4000], 107.2);
});
