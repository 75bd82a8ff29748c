import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../wall_ui/assets/core/store.js";
import { byNextBreach, countsByTier, openCases, turnover, unitsByState } from "../../wall_ui/assets/core/selectors.js";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const at = (s) => new Date(NOW + s * 1000).toISOString();
const clock = (due_s, stopped = null) => ({ target: "accept", hop: 0, desk: "", started_at: at(-100), amber_at: at(due_s - 10), due_at: at(due_s), stopped_at: stopped });
const record = (id, more = {}) => ({ id, version: 1, status: "pending", holder: "620821100", priority: 3, reported_at: at(-100), changed_at: at(-100), closed_at: null, clocks: [clock(60)], ...more });
const unit = (id, more = {}) => ({ id, no: 1, version: 1, on_duty: true, state: "available", ...more });
const event = (seq, more) => ({ type: "event", seq, prev: seq - 1, at: at(0), kind: "case.accept", op: "change", units: [], ...more });

function filled() {
  const store = new Store();
  store.snapshot({ seq: 7, cases: [record("a"), record("b", { holder: "620821", clocks: [clock(-5)] })], units: [unit("u")] });
  return store;
}

test("a snapshot and the events after it give the state that a later snapshot would", () => {
  const store = filled();
  store.apply(event(8, { case: record("a", { version: 2, status: "accepted", changed_at: at(1) }), units: [unit("u", { version: 2, state: "dispatched" })] }));
  store.apply(event(9, { op: "enter", case: record("c") }));
  store.apply(event(10, { op: "leave", case_id: "b", case: null }));
  assert.deepEqual([...store.cases.keys()].sort(), ["a", "c"]);
  assert.equal(store.cases.get("a").status, "accepted");
  assert.equal(store.units.get("u").state, "dispatched");
  assert.equal(store.seq, 10);
});

test("a unit that went out of sight is gone, and the layers are told", () => {
  const store = filled();
  store.flush();
  const told = [];
  store.listeners.add((changes) => told.push([...changes.units]));
  store.apply(event(8, { kind: "unit.move", op: "leave", case_id: null, case: null, gone: ["u"] }));
  store.flush();
  assert.equal(store.units.has("u"), false);
  assert.deepEqual(told, [["u"]]);
});

test("an older record never replaces a newer one", () => {
  const store = filled();
  store.put(record("a", { version: 3, status: "dispatched" }));
  store.apply(event(8, { case: record("a", { version: 2, status: "accepted" }) }));
  assert.equal(store.cases.get("a").status, "dispatched");
});

test("with equal versions the one that changed later wins, whichever comes first", () => {
  const [early, late] = [record("a", { changed_at: at(5), status: "pending" }), record("a", { changed_at: at(6), status: "accepted" })];
  for (const order of [[early, late], [late, early]]) {
    const store = new Store();
    order.forEach((r) => store.put(r));
    assert.equal(store.cases.get("a").status, "accepted");
  }
});

test("an answer that says what is known already wakes nobody: a sheet that asks at each change would ask for ever", () => {
  const store = filled();
  store.flush();
  const heard = [];
  store.listeners.add((changes) => heard.push([...changes.cases]));
  store.put(structuredClone(store.cases.get("a")));
  store.flush();
  assert.deepEqual(heard, []);
  store.put(record("a", { clocks: [clock(30)] }));
  store.flush();
  assert.deepEqual(heard, [["a"]]);
});

test("listeners hear once of all that changed until the next frame, and one that fails silences nobody", () => {
  const store = filled();
  store.flush();
  const heard = [];
  const { error } = console;
  console.error = () => {};
  store.listeners.add(() => { throw new Error("broken panel"); });
  store.listeners.add((changes) => heard.push([...changes.cases].sort()));
  store.put(record("a", { version: 2 }));
  store.put(record("c"));
  store.flush();
  store.flush();
  console.error = error;
  assert.deepEqual(heard, [["a", "c"]]);
});

test("facts are kept newest first and not without end", () => {
  const store = filled();
  for (let seq = 8; seq < 200; seq += 1) store.apply(event(seq, { case: record("a") }));
  assert.equal(store.facts[0].seq, 199);
  assert.equal(store.facts.length, 60);
});

test("what breaches next stands first, and a case without a running clock not at all", () => {
  const store = filled();
  store.put(record("c", { clocks: [clock(30)] }));
  store.put(record("d", { clocks: [clock(10, at(0))] }));
  store.put(record("e", { status: "closed", clocks: [clock(1)] }));
  assert.deepEqual(byNextBreach(store).map(({ record: r }) => r.id), ["b", "c", "a"]);
  assert.equal(openCases(store).length, 4);
});

test("open and late cases count at the tier that holds them, a department at its area's", () => {
  const store = filled();
  store.put(record("c", { holder: "620821100203" }));
  store.put(record("d", { holder: "620821/police", clocks: [clock(5)] }));
  const counts = countsByTier(store, NOW);
  assert.deepEqual(counts.county, { open: 2, late: 1, soon: 1 });
  assert.deepEqual(counts.township, { open: 1, late: 0, soon: 0 });
  assert.deepEqual(counts.village, { open: 1, late: 0, soon: 0 });
});

test("units count by state, and those off duty apart", () => {
  const store = filled();
  store.apply(event(8, { kind: "unit.duty", units: [unit("v", { on_duty: false, state: "off_duty" }), unit("w", { state: "enroute" })] }));
  assert.deepEqual(unitsByState(store), { available: 1, dispatched: 0, enroute: 1, on_scene: 0, off_duty: 1 });
});

test("the turnover counts what came and what was closed since a moment", () => {
  const store = filled();
  store.put(record("c", { reported_at: at(-9999), status: "closed", closed_at: at(-10) }));
  assert.deepEqual(turnover(store, NOW - 3_600_000), { received: 2, closed: 1 });
});
