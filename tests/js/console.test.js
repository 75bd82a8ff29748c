import assert from "node:assert/strict";
import { test } from "node:test";
import { callOf } from "../../wall_ui/assets/console/arrivals.js";
import { Attempts } from "../../wall_ui/assets/console/attempt.js";
import { meantBy, queryOf } from "../../wall_ui/assets/console/search.js";
import { complete, isPassed, parse, unitsNamed, VERBS } from "../../wall_ui/assets/console/command.js";
import { commandOf, DESK_KEYS, takesTyping } from "../../wall_ui/assets/console/keys.js";
import { isBare, KEY_OF_MOVE, moveOfKey, primaryMove, splitMoves, unitMoves } from "../../wall_ui/assets/console/moves.js";
import { filterCounts, neighbour, queueOf, relationOf } from "../../wall_ui/assets/console/order.js";
import { casesNear, metres } from "../../wall_ui/assets/console/nearby.js";
import { Words } from "../../wall_ui/assets/core/words.js";
import { sentFor } from "../../wall_ui/assets/console/sheet_story.js";
import { factWords } from "../../wall_ui/assets/console/facts.js";
import { limitInWords, whyInWords } from "../../wall_ui/assets/console/sheet_clocks.js";
import { pairTexts, since, wordsOf } from "../../wall_ui/assets/console/story.js";
import { whyNot } from "../../wall_ui/assets/console/tell.js";

const NOW = Date.parse("2026-11-24T02:00:00Z");
const at = (/** @type {number} */ s) => new Date(NOW + s * 1000).toISOString();
const COUNTY = "620821";
const TOWN = "620821100";
const VILLAGE = "620821100203";

/** A case whose accept clock is due in `due_s` seconds. */
function record(id, due_s, more = {}) {
  const clock = { target: "accept", hop: 0, desk: TOWN, started_at: at(due_s - 600), amber_at: at(due_s - 120), due_at: at(due_s), stopped_at: null };
  return { id, number: `261124-${id}`, status: "pending", priority: 3, holder: TOWN, verifier: COUNTY, offer: null, supervision: null, reported_at: at(-600), assignments: [], clocks: [clock], ...more };
}
const ids = (rows) => rows.map((row) => row.record.id);

test("a clock that can still be kept stands before what is late, and what is late before what has time", () => {
  const rows = queueOf([record("hour", 3600), record("late", -7200), record("soon", 40), record("minutes", 290)], TOWN, NOW);
  assert.deepEqual(ids(rows), ["soon", "minutes", "late", "hour"]);
});

test("of late cases the graver comes first, and of those the one that is latest", () => {
  const rows = queueOf([record("old", -900), record("grave", -10, { priority: 1 }), record("older", -9000)], TOWN, NOW);
  assert.deepEqual(ids(rows), ["grave", "older", "old"]);
});

test("an open case without a running clock stands last and a finished one nowhere", () => {
  const rows = queueOf([record("still", 60, { clocks: [] }), record("far", 90_000), record("done", 10, { status: "closed" })], TOWN, NOW);
  assert.deepEqual(ids(rows), ["far", "still"]);
});

test("a case is offered, held, to verify, above or below, as the codes say", () => {
  assert.equal(relationOf(record("a", 1, { holder: VILLAGE, offer: { to: TOWN } }), TOWN), "offered");
  assert.equal(relationOf(record("a", 1), TOWN), "held");
  assert.equal(relationOf(record("a", 1, { status: "resolved" }), COUNTY), "verify");
  assert.equal(relationOf(record("a", 1, { holder: COUNTY }), TOWN), "above");
  assert.equal(relationOf(record("a", 1, { holder: VILLAGE }), TOWN), "below");
  assert.equal(relationOf(record("a", 1, { holder: "620821/police" }), COUNTY), "below");
  assert.equal(relationOf(record("a", 1, { holder: COUNTY }), "620821/police"), "above");
  assert.equal(relationOf(record("a", 1, { holder: "620821/health" }), "620821/police"), "other");
  assert.equal(relationOf(record("a", 1, { holder: "620821101" }), TOWN), "other");
});

test("what others wait for here is this desk's to do, and says what", () => {
  const asks = { request: { kind: "suspend" } };
  const helps = [{ desk: TOWN, finished_at: null }];
  assert.equal(relationOf(record("a", 1, { holder: VILLAGE, ...asks }), TOWN), "grant");
  assert.equal(relationOf(record("a", 1, { holder: "620821/police", ...asks }), COUNTY), "grant");
  assert.equal(relationOf(record("a", 1, { holder: VILLAGE, ...asks }), COUNTY), "below");
  assert.equal(relationOf(record("a", 1, { holder: VILLAGE, arbiter: TOWN }), TOWN), "decide");
  assert.equal(relationOf(record("a", 1, { holder: "620821101", help: helps }), TOWN), "help");
  assert.equal(relationOf(record("a", 1, { holder: "620821101", help: [{ ...helps[0], finished_at: at(0) }] }), TOWN), "other");
  assert.deepEqual(ids(queueOf([record("asked", 60, { holder: VILLAGE, ...asks }), record("below", 60, { holder: VILLAGE })], TOWN, NOW, "mine")), ["asked"]);
});

test("each filter counts what it shows", () => {
  const cases = [record("mine", 60), record("below", -60, { holder: VILLAGE }), record("late", -5)];
  assert.deepEqual(filterCounts(cases, TOWN, NOW), { mine: 2, all: 3, late: 2 });
  assert.deepEqual(ids(queueOf(cases, TOWN, NOW, "mine")), ["mine", "late"]);
});

test("stepping through the queue begins at its end and does not fall off it", () => {
  const rows = queueOf([record("a", 10), record("b", 20)], TOWN, NOW);
  assert.equal(neighbour(rows, null, 1), "a");
  assert.equal(neighbour(rows, null, -1), "b");
  assert.equal(neighbour(rows, "b", 1), "b");
  assert.equal(neighbour([], null, 1), null);
});

test("no key does two things", () => {
  const desk = DESK_KEYS.flatMap(([keys]) => keys);
  const moves = [...new Set(Object.values(KEY_OF_MOVE))];
  assert.equal(new Set([...desk, ...moves]).size, desk.length + moves.length);
});

test("two moves share a key only where never both are open", () => {
  const shared = Object.entries(KEY_OF_MOVE).filter(([, key]) => key === "a").map(([move]) => move);
  assert.deepEqual(shared.sort(), ["accept", "take"]);
  const others = Object.values(KEY_OF_MOVE).filter((key) => key !== "a");
  assert.equal(new Set(others).size, others.length);
});

test("keys do nothing while somebody types, composes or holds a modifier, except Escape", () => {
  assert.equal(commandOf({ key: "d" }, false), "move-d");
  assert.equal(commandOf({ key: "d" }, true), null);
  assert.equal(commandOf({ key: "Escape" }, true), "back");
  assert.equal(commandOf({ key: "d", isComposing: true }, false), null);
  assert.equal(commandOf({ key: "d", ctrlKey: true }, false), null);
});

test("a Chinese input method does not swallow a key", () => {
  assert.equal(commandOf({ key: "Process", code: "KeyJ" }, false), "next");
  assert.equal(commandOf({ key: "、", code: "Slash" }, false), "command");
  assert.equal(commandOf({ key: "？", code: "Slash" }, false), "help");
  assert.equal(commandOf({ key: "J", code: "KeyJ" }, false), "next");
});

test("a box to tick takes no typing, a text field does", () => {
  assert.equal(takesTyping({ tagName: "INPUT", type: "checkbox" }), false);
  assert.equal(takesTyping({ tagName: "INPUT", type: "text" }), true);
  assert.equal(takesTyping({ tagName: "BODY" }), false);
});

const view = (move, allowed, fields = []) => ({ move, allowed, why: allowed ? null : "wrong_status", fields });

test("moves stand in one order, seldom ones and those of units apart", () => {
  const { allowed, seldom, others } = splitMoves([view("cancel", true), view("transfer", true), view("arrive", true), view("accept", true), view("resolve", false)]);
  assert.deepEqual(allowed.map((one) => one.move), ["accept", "cancel"]);
  assert.deepEqual(seldom.map((one) => one.move), ["transfer"]);
  assert.deepEqual(others.map((one) => one.move), ["resolve"]);
});

test("the desk that is waited for gets one large button, a superior none", () => {
  const open = new Set(["accept", "dispatch", "take", "verify", "take_over"]);
  assert.equal(primaryMove(record("a", 1), TOWN, open), "accept");
  assert.equal(primaryMove(record("a", 1), COUNTY, open), null);
  assert.equal(primaryMove(record("a", 1, { offer: { to: COUNTY } }), COUNTY, open), "take");
  assert.equal(primaryMove(record("a", 1, { status: "accepted" }), TOWN, open), "dispatch");
  assert.equal(primaryMove(record("a", 1, { holder: VILLAGE }), TOWN, new Set(["take_over", "finish_help"])), "finish_help");
  assert.equal(primaryMove(record("a", 1, { status: "resolved" }), COUNTY, open), "verify");
});

test("a key stands for the move that is open", () => {
  assert.equal(moveOfKey("a", new Set(["accept"])), "accept");
  assert.equal(moveOfKey("a", new Set(["take"])), "take");
  assert.equal(moveOfKey("r", new Set(["accept"])), null);
});

test("a move without anything to say is made at once", () => {
  assert.equal(isBare(view("accept", true)), true);
  assert.equal(isBare(view("resolve", true, [{ name: "result", required: true }])), false);
  assert.equal(isBare(view("edit", true, [{ name: "category", required: false }])), false);
});

test("a unit's next step comes first", () => {
  const open = new Set(["acknowledge", "depart", "arrive", "clear"]);
  assert.deepEqual(unitMoves("dispatched", open), ["acknowledge", "depart", "arrive", "clear"]);
  assert.deepEqual(unitMoves("on_scene", open), ["clear"]);
  assert.deepEqual(unitMoves("cleared", open), []);
});

const known = {
  cases: [record("00012", 5), record("00112", 9)],
  units: [{ id: "u1", name: "李建国", kind: "grid_officer", state: "on_scene", on_duty: true }, { id: "u2", name: "李小军", kind: "grid_officer", state: "available", on_duty: true }, { id: "u3", name: "李红", kind: "patrol", state: "off_duty", on_duty: false }],
  areas: { [COUNTY]: "泾川县", [TOWN]: "玉都镇", [VILLAGE]: "玉都村", "620821/police": "玉都公安" },
  t: (key) => key,
  tell: (one) => `火灾 ${one.id}`,
};

test("a line is a verb and the rest, also with the slashes of a Chinese keyboard", () => {
  assert.deepEqual(parse("/d 李建国"), { verb: "d", rest: "李建国" });
  assert.deepEqual(parse("／n 已联系  报案人 "), { verb: "n", rest: "已联系  报案人" });
  assert.deepEqual(parse("玉都"), { verb: null, rest: "玉都" });
  assert.deepEqual(parse("/00056"), { verb: null, rest: "00056" });
  assert.deepEqual(parse("/玉都"), { verb: null, rest: "玉都" });
  assert.deepEqual(parse("/yd"), { verb: null, rest: "yd" });
  assert.deepEqual(parse("/disp"), { verb: "disp", rest: "" });
  assert.deepEqual(parse("？"), { verb: "?", rest: "" });
  assert.deepEqual(parse("/"), { verb: "", rest: "" });
});

test("a bare slash lists every verb, and a letter its own verb before others that begin with it", () => {
  assert.equal(complete("/", known).length, Object.keys(VERBS).length);
  for (const letter of Object.keys(VERBS)) assert.equal(complete(`/${letter}`, known)[0].id, letter);
});

test("areas complete with the wider first and no desk of a department among them", () => {
  assert.deepEqual(complete("/f 玉都", known).map((item) => item.id), [TOWN, VILLAGE]);
});

test("units complete with the free first and none that is off duty", () => {
  assert.deepEqual(complete("/d 李", known).map((item) => item.id), ["u2", "u1"]);
  assert.equal(complete("/d 李小军，李", known)[0].fill, "/d 李小军，李小军");
});

test("the end of a number finds the case, the exact one first", () => {
  assert.equal(complete("00012", known)[0].id, "00012");
  assert.equal(complete("112", known)[0].id, "00112");
  assert.deepEqual(complete("zzz", known), []);
});

test("a name that fits several units is not guessed", () => {
  const [one, two] = unitsNamed("李建国、李", known.units);
  assert.equal(one.unit.id, "u1");
  assert.deepEqual([two.unit, two.many], [null, true]);
  assert.deepEqual(unitsNamed("张三", known.units)[0], { name: "张三", unit: null, many: false });
});

test("a result passes by the line only where that is surely meant", () => {
  const word = "通过，结案";
  assert.deepEqual(["通过", "通过，结案", "passed", "Pass"].map((said) => isPassed(said, word)), [true, true, true, true]);
  assert.deepEqual(["", "通", "不通过", "不通过，退回处置", "问题仍在", "x"].map((said) => isPassed(said, word)), [false, false, false, false, false, false]);
});

test("a desk is called for what comes to it, and not for what it did itself", () => {
  const me = { desk: TOWN, name: "何" };
  const event = (kind, more, actor = { desk: "", name: "citizen" }) => ({ kind, case: record("a", 1, more), actor });
  assert.equal(callOf(event("case.report", {}), me), "new");
  assert.equal(callOf(event("case.report", { status: "merged" }), me), null);
  assert.equal(callOf(event("case.join", {}), me), "again");
  assert.equal(callOf(event("case.report", { holder: VILLAGE }), me), null);
  assert.equal(callOf(event("case.escalate", { holder: VILLAGE, offer: { to: TOWN } }), me), "offer");
  assert.equal(callOf(event("case.transfer", { holder: "620821101", offer: { to: TOWN } }), me), "offer");
  assert.equal(callOf(event("case.decide", {}), me), "new");
  assert.equal(callOf(event("case.ask_suspend", { holder: VILLAGE }), me), "request");
  assert.equal(callOf(event("case.ask_suspend", { holder: "620821/police" }), me), null);
  assert.equal(callOf({ ...event("case.ask_help", { holder: COUNTY }), detail: { to: TOWN } }, me), "help");
  assert.equal(callOf(event("case.return", {}), me), "back");
  assert.equal(callOf(event("case.supervise", {}), me), "order");
  assert.equal(callOf(event("case.report", {}, me), me), null);
  assert.equal(callOf(event("case.return", { holder: VILLAGE, arbiter: TOWN }), me), "decide");
  assert.equal(callOf({ ...event("case.verify", {}), detail: { passed: false } }, me), "failed");
  assert.equal(callOf({ ...event("case.verify", {}), detail: { passed: true } }, me), null);
  assert.equal(callOf(event("case.approve", {}), me), "approved");
  assert.equal(callOf(event("case.deny", {}), me), "denied");
  assert.equal(callOf(event("case.finish_help", {}), me), "helped");
  assert.equal(callOf(event("case.dispatch", {}, { desk: COUNTY, name: "县" }), me), "over");
  assert.equal(callOf(event("case.dispatch", {}, { desk: TOWN, name: "同事" }), me), null);
  assert.equal(callOf(event("case.dispatch", { holder: VILLAGE }, { desk: COUNTY, name: "县" }), me), null);
  const ours = { holder: COUNTY, assignments: [{ unit: "u1", unit_desk: TOWN, cleared_at: null }, { unit: "u2", unit_desk: VILLAGE, cleared_at: null }] };
  const sent = (units) => ({ ...event("case.dispatch", ours, { desk: COUNTY, name: "县" }), detail: { units } });
  assert.deepEqual([callOf(sent(["u1"]), me), callOf(sent(["u2"]), me)], ["sent", null]);
  assert.equal(callOf(event("case.take_over", { holder: COUNTY, custody: [{ desk: TOWN }, { desk: COUNTY }] }), me), "taken");
  assert.equal(callOf(event("case.take_over", { holder: COUNTY, custody: [{ desk: VILLAGE }, { desk: COUNTY }] }), me), null);
  assert.equal(callOf(event("case.withdraw", {}, { desk: "", name: "", role: "system" }), me), "untaken");
  assert.equal(callOf(event("case.cancel", { status: "cancelled" }, { desk: "", name: "reporter" }), me), "cancelled");
  assert.equal(callOf({ kind: "case.report", case: null }, me), null);
});

test("the same write after a silence carries the same key, and a refused one does not keep it", async () => {
  const keys = [];
  const answers = [{ status: 0 }, { status: 503 }, null, { status: 422 }, null];
  const api = { post: async (_path, _body, { key }) => { keys.push(key); const error = answers.shift(); if (error) throw error; return {}; } };
  let n = 0;
  const attempts = new Attempts(() => `key-${(n += 1)}`);
  const send = (body) => attempts.post(/** @type {any} */ (api), "/api/cases", body).catch(() => {});
  for (let i = 0; i < 3; i += 1) await send({ text: "a" });
  await send({ text: "b" });
  await send({ text: "b" });
  assert.deepEqual(keys, ["key-1", "key-1", "key-1", "key-2", "key-3"]);
});

test("words stand beside the fact that they came with", () => {
  const history = [{ at: "1", kind: "case.report", version: 1 }, { at: "2", kind: "case.escalate", version: 2 }];
  const texts = [{ at: "2", kind: "escalate_reason", text: "x" }, { at: "2", kind: "note", text: "alone" }];
  const steps = pairTexts(history, texts);
  assert.deepEqual(steps.map((step) => step.texts.map((one) => one.text)), [[], ["x"], ["alone"]]);
  assert.deepEqual(since(history, 1).map((fact) => fact.kind), ["case.escalate"]);
});

/** An application that answers each word with its key and what fills it. */
const app = /** @type {any} */ ({
  words: { lang: "zh", has: (key) => !key.startsWith("move.unheard"), t: (key) => key },
  session: { actor: { desk: TOWN } },
  areas: { name: (/** @type {string} */ code) => `<${code.replace("/", "|")}>` },
  latin: { person: (/** @type {string} */ name) => name },
  store: { units: new Map([["u1", { id: "u1", name: "李建国", kind: "patrol" }]]) },
  clock: { now: () => NOW },
  t: (key, places = {}) => [key, ...Object.values(places)].join(" "),
});

test("a fact of the history tells its detail by its move: a level is no desk", () => {
  const fact = (kind, detail) => factWords(app, { kind: `case.${kind}`, detail }, record("a", 1));
  assert.equal(fact("raise_alarm", { from: 3, to: 2 }), "move.raise_alarm level.3 → level.2");
  assert.equal(fact("hand_down", { to: VILLAGE }), `move.hand_down → <${VILLAGE}>`);
  assert.equal(fact("verify", { passed: true, callback: "reached" }), "move.verify verdict.passed callback.reached");
  assert.equal(fact("return", { giver: COUNTY, arbiter: "leader" }), "move.return story.to_decide role.leader");
  assert.equal(fact("return", { giver: COUNTY }), "move.return");
  assert.equal(fact("dispatch", { units: ["u1", "gone"] }), "move.dispatch 李建国list.commagone");
  assert.equal(fact("erase", { erased: [{ what: "words", count: 3 }, { what: "files", count: 1 }] }), "move.erase erased.n.words 3list.commaerased.n.files 1");
  assert.equal(fact("join", { case: "x" }), "move.join");
});

test("the words that a move came with are found by its kind and moment, and none of an older one", () => {
  const texts = [{ kind: "escalate_reason", at: "1", text: "old" }, { kind: "escalate_reason", at: "2", text: "new" }, { kind: "note", at: "2", text: "x" }];
  assert.equal(wordsOf(texts, "escalate_reason", "2"), "new");
  assert.equal(wordsOf(texts, "escalate_reason"), "new");
  assert.equal(wordsOf(texts, "escalate_reason", "3"), undefined);
});

test("results and their exceptions stand beside the move that they came with", () => {
  const history = ["resolve", "self_close", "finish_help"].map((move, i) => ({ at: String(i), kind: `case.${move}`, version: i }));
  const texts = [["0", "result"], ["0", "without_help"], ["1", "result"], ["2", "result"]].map(([at, kind]) => ({ at, kind, text: kind }));
  assert.deepEqual(pairTexts(history, texts).map((step) => step.texts.length), [2, 1, 1]);
});

test("a move that is not open says whose it is, or when it can be made", () => {
  const one = record("a", 1, { holder: VILLAGE, offer: { to: "620821101" } });
  assert.equal(whyNot(app, { why: "not_your_move", by: ["holder", "clock"] }, one), `why.not_yours by.named by.holder <${VILLAGE}>`);
  assert.equal(whyNot(app, { why: "not_your_move", by: ["receiver"] }, one), "why.not_yours by.named by.receiver <620821101>");
  assert.equal(whyNot(app, { why: "not_your_move", by: ["approver"] }, record("a", 1, { holder: COUNTY })), "why.not_yours by.leader");
  assert.equal(whyNot(app, { why: "wrong_status", starts_from: ["accepted", "handling"] }, one), "why.not_now status.acceptedlist.commastatus.handling status.pending");
  assert.equal(whyNot(app, { why: "decided" }, one), "error.decided");
});

test("a clock says from what it runs, how long in its own time, and what does not count", () => {
  const why = { target: "resolve", desk: TOWN, started_by: "reported", stopped_by: "resolved", started_at: at(0), due_at: at(3600), calendar: "working", hours: ["08:30–12:00"], day_s: 25_200, limit_s: 176_400, extra_s: 5400, pauses: [{ from_at: at(0), to_at: at(60), why: "suspend" }], provisional: true };
  const said = whyInWords(app, why).map((one) => one.split(" ")[0]);
  assert.deepEqual(said, ["why.runs", "why.limit.working", "why.extra", "why.pause.suspend", "why.due", "why.provisional"]);
  assert.equal(limitInWords(app, why, 176_400), "why.days 7");
  assert.equal(limitInWords(app, why, 5400), "why.hours 1why.minutes 30");
  assert.equal(limitInWords(app, { ...why, calendar: "wall" }, 90), "1time.minute30time.second");
});

test("cases close by are named, of the same matter first, and neither the case itself nor what is done or far", () => {
  const here = { id: "x", lon: 107.4, lat: 35.3, category: "fire" };
  const near = (id, north_m, more = {}) => record(id, 1, { lon: 107.4, lat: 35.3 + north_m / 111_320, category: "noise", ...more });
  const found = casesNear([near("x", 0), near("close", 50), near("same", 400, { category: "fire" }), near("far", 600), near("done", 10, { status: "closed" })], here);
  assert.deepEqual(found.map((one) => one.record.id), ["same", "close"]);
  assert.ok(Math.abs(metres(here, { lon: 107.41, lat: 35.3 }) - 908.5) < 1);
});

test("a search asks for what was chosen and for nothing else", () => {
  const now = Date.parse("2026-11-24T00:00:00Z");
  const asked = (/** @type {any} */ one) => Object.fromEntries(new URLSearchParams(queryOf({ text: "", state: "any", period: "any", ...one }, now)));
  assert.deepEqual(asked({}), { limit: "20" });
  assert.deepEqual(asked({ text: " 麦苗 ", state: "closed" }), { status: "closed", text: "麦苗", limit: "20" });
  assert.deepEqual(asked({ state: "overdue", period: "month", cursor: "a+b" }), { overdue: "true", from: "2026-10-24T00:00:00.000Z", cursor: "a+b", limit: "20" });
});

test("a search takes a kind of case, a place and the end of a number for what they mean", () => {
  const now = Date.parse("2026-11-25T17:00:00Z"); // past midnight in the county
  const kinds = { fire: "火灾", noise: "噪音扰民" };
  const areas = { 620821: "泾川县", 620821103: "荔堡镇", 620821103201: "荔堡村", 620821103201001: "荔堡村第1网格", "620821/police": "公安局" };
  const meant = (/** @type {string} */ text) => meantBy(text, kinds, areas, now);
  assert.deepEqual(meant("荔堡镇 火灾"), { area: "620821103", category: "fire" });
  assert.deepEqual(meant("荔堡"), { area: "620821103" });
  assert.deepEqual(meant("00006"), { number: "261126-00006" });
  assert.equal(meant("火灾 救护车"), null);
  assert.equal(meant("公安局"), null);
  const asked = queryOf({ text: "荔堡 火灾", state: "open", period: "any", meant: { category: "fire", area: "620821103" } }, now);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(asked)), { open: "true", category: "fire", area: "620821103", limit: "20" });
});

test("on a phone a case is a step of the history, and closing it steps back; a wide screen keeps one step", async () => {
  const { Selection } = await import("../../wall_ui/assets/console/selection.js");
  const steps = /** @type {string[]} */ ([]);
  let phone = true;
  const kept = { ...globalThis };
  Object.assign(globalThis, {
    addEventListener: () => {},
    removeEventListener: () => {},
    matchMedia: () => ({ matches: phone }),
    location: { hash: "", pathname: "/township", search: "" },
    history: { pushState: () => steps.push("push"), replaceState: () => steps.push("replace"), back: () => steps.push("back") },
  });
  try {
    const selection = new Selection();
    for (const id of ["a", "b", null]) selection.set(id, "row");
    assert.deepEqual(steps.splice(0), ["push", "replace", "back"]);
    selection.set("a", "row");
    selection.onHash(); // the way back: the address has no case any more
    assert.equal(selection.id, null);
    assert.deepEqual(steps.splice(0), ["push"]);
    phone = false;
    for (const id of ["a", null]) selection.set(id, "row");
    assert.deepEqual(steps, ["replace", "replace"]);
  } finally {
    for (const name of ["addEventListener", "removeEventListener", "matchMedia", "location", "history"]) Object.assign(globalThis, { [name]: /** @type {any} */ (kept)[name] });
  }
});

test("why somebody was sent is read in English with his name in pinyin and a team by its desk", () => {
  const table = { "reason.by_road": ["驾车约 {minutes} 分钟", "about {minutes} min by road"], "reason.free": ["手上无任务", "no task in hand"], "unit_of.patrol": ["{of}巡逻队", "{of} patrol"] };
  const reader = /** @type {any} */ ({
    words: new Words(/** @type {any} */ (table), "en"),
    t: (/** @type {string} */ key, /** @type {any} */ places) => new Words(/** @type {any} */ (table), "en").t(key, places),
    areas: { name: () => "Yudu Township" },
    latin: { person: (/** @type {string} */ name) => ({ 李建国: "Li Jianguo" })[name] ?? name },
    store: { units: new Map([["u", { id: "u", name: "玉都镇巡逻队", kind: "patrol", desk: TOWN }]]) },
  });
  assert.equal(sentFor(reader, "李建国：驾车约 2.4 分钟，手上无任务；玉都镇巡逻队：驾车约 9 分钟"), "Li Jianguo: about 2.4 min by road, no task in hand; Yudu patrol: about 9 min by road");
  assert.equal(sentFor(reader, "请带上绳子：急"), "请带上绳子：急");
});
