import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabel, rowsOf, takenBy } from "../../wall_ui/assets/console/proposal.js";

const place = { kind: "village", name: "公主村", area_name: "泾川县窑店镇公主村", reason: "文中提到“公主村”", reason_en: "named" };
const answer = {
  places: [place],
  categories: [{ category: "fire", words: ["着火"] }],
  priority: { priority: 1, words: ["被困"], reason: "有生命危险的字眼", reason_en: "danger" },
};
const t = (/** @type {string} */ key) => key;

test("each part is proposed with the words that counted", () => {
  const rows = rowsOf(answer, new Set(), t, "zh");
  assert.deepEqual(rows.map((row) => row.part), ["place", "category", "priority"]);
  assert.match(rows[2].why, /被困/);
  assert.equal(rowsOf(answer, new Set(), t, "en")[0].why, "named");
});

test("what was set by hand is not proposed", () => {
  assert.deepEqual(rowsOf(answer, new Set(["place", "priority"]), t, "zh").map((row) => row.part), ["category"]);
  assert.deepEqual(rowsOf({ places: [], categories: [], priority: null }, new Set(), t, "zh"), []);
});

test("Alt with a key takes, a key alone or with Control does not", () => {
  assert.equal(takenBy({ altKey: true, code: "Digit1" }), "place");
  assert.equal(takenBy({ altKey: true, code: "Enter" }), "all");
  assert.equal(takenBy({ altKey: true, code: "KeyJ" }), "join");
  assert.equal(takenBy({ code: "Digit1" }), null);
  assert.equal(takenBy({ altKey: true, ctrlKey: true, code: "Digit1" }), null);
  assert.equal(takenBy({ altKey: true, isComposing: true, code: "Digit1" }), null);
});

test("a place says which of its name it is", () => {
  assert.equal(placeLabel(place), "窑店镇公主村");
  assert.equal(placeLabel({ kind: "police", name: "派出所", area_name: "泾川县窑店镇西门村" }), "派出所（窑店镇西门村）");
});
