import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionsOf, paramsOf, queryOf } from "../../wall_ui/assets/admin/conditions.js";
import { newPassword, whyNot } from "../../wall_ui/assets/admin/password.js";
import { rolesFor, sitsBelow, sitsHere, unitsFor } from "../../wall_ui/assets/admin/seats.js";

test("the address of the administration keeps the list and what it is narrowed to, and nothing that is none of its conditions", () => {
  const asked = { tab: "accounts", text: "王 五", role: "leader", area: "620821101", state: "all" };
  assert.deepEqual(conditionsOf(`?${paramsOf(asked)}`), asked);
  assert.deepEqual(conditionsOf("?tab=evil&role=<b>&area=62&state=never"), { tab: "accounts", text: "", role: "", area: "", state: "open" });
  assert.deepEqual(conditionsOf("?tab=sessions&area=620821101&state=open&role=kiosk"), { tab: "sessions", text: "", role: "kiosk", area: "", state: "" });
  assert.equal(String(paramsOf(conditionsOf(""))), "tab=accounts");
  assert.equal(queryOf(asked, "zhang", 50), `/api/admin/accounts?${new URLSearchParams({ limit: "50", text: "王 五", role: "leader", area: "620821101", state: "all", cursor: "zhang" })}`);
  assert.equal(queryOf(conditionsOf("?tab=tokens"), null, 50), "/api/admin/tokens?limit=50&state=good");
});

test("a password is made of letters that nobody takes for others, each as likely, and is one that the rule takes", () => {
  const rule = { shortest: 10, longest: 200 };
  const made = newPassword();
  assert.match(made, /^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
  assert.notEqual(made, newPassword());
  assert.equal(whyNot(made, "zhang", rule), "");
  // 255 lies beyond the last whole multiple of the letters: it is passed over, and not taken for one of them.
  let asked = 0;
  assert.equal(newPassword((bytes) => bytes.map(() => ((asked += 1) % 2 ? 255 : 0))).replaceAll("-", ""), "a".repeat(16));
  assert.equal(whyNot("short", "zhang", rule), "admin.password_short");
  assert.equal(whyNot("x".repeat(201), "zhang", rule), "admin.password_long");
  assert.equal(whyNot("Zhang.Jianguo", "zhang.jianguo", rule), "admin.password_is_name");
});

const role = (name, levels, desks, password = true) => ({ role: name, levels, desks, password });
const TOWNSHIP = {
  area: "620821101", level: "township", below: [{ code: "620821101201", name: "南村" }], desks: [], passwords: {},
  roles: [
    role("dispatcher", ["county"], []), role("leader", ["county", "township"], ["620821101"]), role("grid_officer", ["grid"], []),
    role("department", ["county", "township"], []), role("device", ["county", "township", "village", "grid"], ["620821101"], false), role("kiosk", ["county", "township", "village", "grid"], ["620821101"], false),
  ],
  units: [{ id: "team", name: "巡逻队", kind: "patrol", desk: "620821101", crew: [] }, { id: "other", name: "x", kind: "patrol", desk: "620821102", crew: [] }],
};

test("a township's administrator is offered the roles that sit in it or below it, and told why not the others", () => {
  const told = Object.fromEntries(rolesFor(TOWNSHIP, "account").map((one) => [one.role, one.why]));
  assert.deepEqual(told, { dispatcher: "admin.seat_above", leader: "", grid_officer: "", department: "admin.seat_none" });
  assert.deepEqual(rolesFor(TOWNSHIP, "token").map((one) => one.role), ["dispatcher", "leader", "grid_officer", "department", "device"]);
  assert.deepEqual([sitsHere(TOWNSHIP, "grid_officer"), sitsBelow(TOWNSHIP, "grid_officer"), sitsBelow(TOWNSHIP, "leader")], [false, true, false]);
  assert.equal(sitsBelow({ ...TOWNSHIP, below: [] }, "grid_officer"), false);
});

test("a unit is offered to who moves through the field, and only one of his desk", () => {
  assert.deepEqual(unitsFor(TOWNSHIP, "device", "620821101").map((unit) => unit.id), ["team"]);
  assert.deepEqual(unitsFor(TOWNSHIP, "leader", "620821101"), []);
});
