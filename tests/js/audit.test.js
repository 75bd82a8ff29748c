import assert from "node:assert/strict";
import { test } from "node:test";
import { askedInWords, conditionsOf, paramsOf, PERIODS } from "../../wall_ui/assets/audit/conditions.js";

test("the address of the audit log keeps what was asked, and nothing that is none of its conditions", () => {
  const asked = { tab: "changes", person: "王 建国", number: "261127-00052", what: "case.accept", period: "own", from: "2026-11-01T08:00", to: "" };
  assert.deepEqual(conditionsOf(`?${paramsOf(asked)}`), asked);
  assert.deepEqual(conditionsOf("?tab=evil&period=never&from=yesterday"), { tab: "looks", person: "", number: "", what: "", period: "week", from: "", to: "" });
  assert.equal(String(paramsOf(conditionsOf(""))), "tab=looks&period=week");
});

test("today begins at midnight in the county", () => {
  assert.equal(PERIODS.day(Date.parse("2026-11-26T18:00:00Z")), "2026-11-26T16:00:00.000Z");
  assert.equal(PERIODS.all(0), "");
});

test("a look at the log itself is told by its conditions", () => {
  assert.deepEqual(askedInWords("looks person=王 建国 what=sheet case_id=1-2 to=2026-11-20T00:00:00Z"), { tab: "looks", asked: [["person", "王 建国"], ["what", "sheet"], ["to", "2026-11-20T00:00:00Z"]] });
  assert.deepEqual(askedInWords("changes"), { tab: "changes", asked: [] });
});
