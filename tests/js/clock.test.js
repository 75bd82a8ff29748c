import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock, colourAt, digits, duration, nextClock, partGone, remaining } from "../../wall_ui/assets/core/clock.js";
import { Words } from "../../wall_ui/assets/core/words.js";

const words = new Words({ "time.day": ["天", "d"], "time.hour": ["时", "h"], "time.minute": ["分", "m"], "time.second": ["秒", "s"] }, "zh");
const START = Date.parse("2026-11-24T02:00:00Z");
const at = (minutes) => new Date(START + minutes * 60_000).toISOString();
const clock = { target: "accept", hop: 0, desk: "620821", started_at: at(0), amber_at: at(8), due_at: at(10), stopped_at: null };

test("a clock is green before its amber moment, amber from it on and red from its due moment on", () => {
  assert.equal(colourAt(clock, START + 8 * 60_000 - 1), "green");
  assert.equal(colourAt(clock, START + 8 * 60_000), "amber");
  assert.equal(colourAt(clock, START + 10 * 60_000 - 1), "amber");
  assert.equal(colourAt(clock, START + 10 * 60_000), "red");
});

test("the share of time gone stays between nothing and all", () => {
  assert.equal(partGone(clock, START - 1000), 0);
  assert.equal(partGone(clock, START + 5 * 60_000), 0.5);
  assert.equal(partGone(clock, START + 99 * 60_000), 1);
});

test("the next clock is the running one that is due first", () => {
  const later = { ...clock, target: "resolve", due_at: at(60) };
  const stopped = { ...clock, target: "dispatch", due_at: at(1), stopped_at: at(1) };
  assert.equal(nextClock({ clocks: [later, clock, stopped] })?.target, "accept");
  assert.equal(nextClock({ clocks: [stopped] }), null);
});

test("what is left reads as digits under a day and as days above, with a minus when late", () => {
  assert.equal(digits(65), "01:05");
  assert.equal(digits(3661), "1:01:01");
  assert.equal(remaining(clock, START, words).text, "10:00");
  assert.equal(remaining(clock, START + 11 * 60_000, words).text, "-01:00");
  assert.equal(remaining({ ...clock, due_at: at(60 * 76) }, START, words).text, "3天4时");
});

test("a duration names at most two parts and drops an empty second one", () => {
  assert.equal(duration(45, words), "45秒");
  assert.equal(duration(7200, words), "2时");
  assert.equal(duration(125, words), "2分5秒");
  assert.equal(duration(605, words), "10分");
  assert.equal(duration(0, words), "0秒");
});

test("the server's clock is taken at the first message and followed gently after it", () => {
  const here = new ServerClock(() => 1000);
  here.hear(61_000);
  assert.equal(here.now(), 61_000);
  here.hear(71_000);
  assert.equal(here.now(), 62_000);
  here.hear("not a moment");
  assert.equal(here.now(), 62_000);
});
