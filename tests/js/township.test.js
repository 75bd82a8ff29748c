import assert from "node:assert/strict";
import { test } from "node:test";
import { areaUnits, tabRows, wentUp } from "../../wall_ui/assets/township/lists.js";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const [COUNTY, TOWN, VILLAGE] = ["620821", "620821100", "620821100203"];
const hop = (desk, from_at, how) => ({ desk, from_at, to_at: null, how });
const record = (id, more = {}) => ({ id, status: "accepted", priority: 3, holder: TOWN, verifier: COUNTY, offer: null, supervision: null, reported_at: "2026-11-24T01:00:00Z", clocks: [], assignments: [], custody: [hop(TOWN, "1", "report")], ...more });

test("a township's open cases fall into offers, held, to check, below and above, each into one", () => {
  const lists = tabRows([record("here"), record("offered", { holder: VILLAGE, offer: { to: TOWN } }), record("below", { holder: VILLAGE }), record("above", { holder: COUNTY }), record("done", { status: "closed" }), record("check", { holder: VILLAGE, status: "resolved", verifier: TOWN })], TOWN, NOW);
  const ids = Object.fromEntries(Object.entries(lists).map(([name, rows]) => [name, rows.map((row) => row.record.id).sort()]));
  assert.deepEqual(ids, { offers: ["offered"], held: ["here"], checks: ["check"], below: ["below"], above: ["above"] });
});

test("what went up tells where it is: not taken yet, above, come back, finished", () => {
  const up = [hop(TOWN, "1", "report"), hop(COUNTY, "2", "escalate")];
  const rows = wentUp([
    record("waits", { offer: { kind: "escalate", giver: TOWN, to: COUNTY, at: "9" } }),
    record("above", { holder: COUNTY, custody: up }),
    record("back", { custody: [...up, hop(TOWN, "3", "hand_down")] }),
    record("done", { holder: COUNTY, status: "closed", custody: up }),
    record("never"),
    record("pulled", { holder: COUNTY, custody: [hop(TOWN, "1", "report"), hop(COUNTY, "5", "take_over")] }),
    record("through", { holder: VILLAGE, custody: [hop(VILLAGE, "1", "report")], offer: { kind: "escalate", giver: VILLAGE, to: TOWN, at: "9" } }),
  ], TOWN);
  assert.deepEqual(Object.fromEntries(rows.map((row) => [row.record.id, row.state])), { waits: "waits", above: "above", back: "back", done: "done", pulled: "above" });
  assert.equal(rows[0].record.id, "waits");
  assert.equal(rows[0].holder, COUNTY);
});

test("units of the area only, those at work before those who wait, those off duty last", () => {
  const unit = (name, state, more = {}) => ({ name, state, kind: "grid_officer", on_duty: true, area_code: `${VILLAGE}001`, ...more });
  const rows = areaUnits([unit("off", "available", { on_duty: false }), unit("free", "available"), unit("there", "on_scene"), unit("elsewhere", "on_scene", { area_code: "620821101" })], TOWN);
  assert.deepEqual(rows.map((one) => one.name), ["there", "free", "off"]);
});
