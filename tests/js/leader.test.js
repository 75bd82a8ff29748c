import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, fillRows, hoursOf } from "../../wall_ui/assets/leader/figures.js";
import { asked, barMinutes, canSupervise, casesOf, counts, course, lateCases, midnight, orders } from "../../wall_ui/assets/leader/tally.js";
import { sortRows } from "../../wall_ui/assets/leader/townships.js";
import { roundTop } from "../../wall_ui/assets/leader/trend.js";
import { Store } from "../../wall_ui/assets/core/store.js";

const NOW = Date.parse("2026-11-24T02:30:00Z"); // half past ten in the county
const at = (minutes) => new Date(NOW + minutes * 60_000).toISOString();
const clock = (due, more = {}) => ({ target: "resolve", started_at: at(-600), amber_at: at(due - 30), due_at: at(due), stopped_at: null, ...more });
const record = (id, more = {}) => ({ id, version: 1, status: "accepted", priority: 3, area_code: "620821100203001", reported_at: at(-60), closed_at: null, changed_at: at(-60), supervision: null, clocks: [clock(600)], ...more });

function storeOf(...records) {
  const store = new Store();
  store.snapshot({ seq: 1, cases: records, units: [] });
  return store;
}

test("a leader is asked by the county's own desk, and decides where the county is a party", () => {
  const request = { kind: "suspend" };
  const store = storeOf(record("county asks", { holder: "620821", request }), record("town asks", { holder: "620821100", request }), record("disputed", { holder: "620821", arbiter: "leader" }), record("county decides", { holder: "620821100", arbiter: "620821" }), record("over", { holder: "620821", status: "closed", arbiter: "leader" }), record("none", { holder: "620821" }));
  assert.deepEqual(asked(store).map((one) => one.id).sort(), ["county asks", "disputed"]);
});

test("the day begins at midnight in China", () => {
  assert.equal(new Date(midnight(NOW)).toISOString(), "2026-11-23T16:00:00.000Z");
  assert.equal(midnight(Date.parse("2026-11-23T15:59:59Z")), Date.parse("2026-11-22T16:00:00Z"));
});

test("counts of the day take what came or ended today, and what stands open now", () => {
  const yesterday = -11 * 60;
  const tally = counts(storeOf(
    record("open"),
    record("late", { clocks: [clock(-5)] }),
    record("soon", { clocks: [clock(10)] }),
    record("old", { reported_at: at(yesterday) }),
    record("closed", { status: "closed", closed_at: at(-5) }),
    record("closed old", { status: "closed", reported_at: at(yesterday), closed_at: at(-5) }),
    record("closed yesterday", { status: "closed", reported_at: at(yesterday), closed_at: at(yesterday) }),
    record("cancelled", { status: "cancelled", closed_at: at(-5) }),
  ), NOW);
  assert.equal(tally.received, 5);
  assert.equal(tally.closed, 2);
  assert.equal(tally.open, 4);
  assert.equal(tally.overdue, 1);
  assert.equal(tally.soon, 1);
  // Of five received one was withdrawn; of the other four one is closed.
  assert.equal(tally.rate, 1 / 4);
});

test("a day without a case has no completion rate", () => {
  assert.equal(counts(storeOf(), NOW).rate, null);
});

test("an order waits for its answer only while its case is open", () => {
  const order = (due, answered = null) => ({ at: at(-30), by_name: "x", due_at: at(due), answered_at: answered });
  const store = storeOf(record("waits", { supervision: order(30) }), record("late", { supervision: order(-1) }), record("answered", { supervision: order(30, at(-2)) }), record("closed", { status: "closed", closed_at: at(-1), supervision: order(30) }));
  const tally = counts(store, NOW);
  assert.deepEqual([tally.waiting, tally.late_answers, tally.answered], [2, 1, 1]);
  assert.deepEqual(orders(store).map((one) => one.id).slice(0, 2), ["late", "waits"]);
  assert.ok(!canSupervise(store.cases.get("waits")));
  assert.ok(canSupervise(store.cases.get("answered")));
  assert.ok(!canSupervise(store.cases.get("closed")));
});

test("each hour counts what came and went in it, and what was open at its end", () => {
  const rows = course(storeOf(record("a", { reported_at: at(-95), status: "closed", closed_at: at(-10) }), record("b", { reported_at: at(-20) }), record("long ago", { reported_at: at(-3000) })), NOW);
  assert.equal(rows.length, 24);
  const [h8, h9, h10] = rows.slice(-3);
  assert.equal(new Date(h10.from_ms).toISOString(), "2026-11-24T02:00:00.000Z");
  assert.deepEqual([h8.received, h8.closed, h8.open], [1, 0, 2]);
  assert.deepEqual([h9.received, h9.closed, h9.open], [0, 0, 2]);
  assert.deepEqual([h10.received, h10.closed, h10.open], [1, 1, 2]);
  assert.equal(rows.reduce((sum, row) => sum + row.received, 0), 2);
});

test("a county that has only begun is looked at more closely", () => {
  assert.equal(barMinutes(storeOf(record("a", { reported_at: at(-30) })), NOW), 5);
  assert.equal(barMinutes(storeOf(record("a", { reported_at: at(-200) })), NOW), 15);
  assert.equal(barMinutes(storeOf(record("a", { reported_at: at(-500) })), NOW), 60);
});

test("late cases first, then those that soon will be; one township's list leaves out the others", () => {
  const store = storeOf(record("fine"), record("soon", { clocks: [clock(10)] }), record("late", { clocks: [clock(-90)], area_code: "620821101200001" }), record("no clock", { clocks: [] }));
  assert.deepEqual(lateCases(store, NOW).map((one) => one.id), ["late", "soon"]);
  assert.deepEqual(casesOf(store, "620821100").map((one) => one.id), ["soon", "fine", "no clock"]);
});

const none = { p50_s: null, p90_s: null, n: 0 };
const row = (key, more = {}) => ({ key, received: 1, closed: 1, open: 1, overdue: 0, completion_rate: 0.5, response: none, alarm_handling: none, travel: none, handling: none, ...more });

test("rows without a value stay last, whichever way a column is sorted", () => {
  const rows = [row("b", { completion_rate: null }), row("c", { completion_rate: 0.2 }), row("a", { completion_rate: 0.9 })];
  assert.deepEqual(sortRows(rows, "rate", 1).map((one) => one.key), ["c", "a", "b"]);
  assert.deepEqual(sortRows(rows, "rate", -1).map((one) => one.key), ["a", "c", "b"]);
});

test("equal rows keep the order of their codes", () => {
  assert.deepEqual(sortRows([row("c"), row("a"), row("b")], "open", -1).map((one) => one.key), ["a", "b", "c"]);
});

test("every township has a row, also one where nothing happened", () => {
  const rows = fillRows([row("2", { received: 7 })], [["1", "one"], ["2", "two"]]);
  assert.deepEqual(rows.map((one) => [one.key, one.received]), [["1", 0], ["2", 7]]);
});

test("today's window reaches back to midnight, to the minute", () => {
  assert.equal(hoursOf("168", NOW, 0), 168);
  assert.equal(hoursOf("today", NOW, midnight(NOW)), 10.5);
  assert.ok(hoursOf("today", midnight(NOW), midnight(NOW)) > 0);
});

test("a time is told in one short word", () => {
  const t = (key) => ({ "time.second": "s", "time.minute": "m", "time.hour": "h", "time.day": "d", "leader.none": "-" })[key];
  assert.deepEqual([null, 45, 372, 2520, 12_000, 200_000].map((s) => brief(s, t)), ["-", "45s", "6.2m", "42m", "3.3h", "2.3d"]);
});

test("a scale ends at a round number that holds the greatest", () => {
  for (const n of [0, 1, 3, 4, 5, 13, 27, 41, 99, 130, 1234]) {
    const top = roundTop(n);
    assert.ok(top >= n && top % 4 === 0, `${n} → ${top}`);
  }
  assert.equal(roundTop(27), 40);
});
