import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonIn } from "../../wall_ui/assets/core/reasons.js";
import { later } from "../../wall_ui/assets/core/later.js";
import { AreaNames, levelOf, shortName, tierOf } from "../../wall_ui/assets/core/areas.js";
import { civil, hourMinute } from "../../wall_ui/assets/core/civil.js";
import { Words } from "../../wall_ui/assets/core/words.js";
import { sentence } from "../../wall_ui/assets/wall/facts.js";
import { compact } from "../../wall_ui/assets/wall/figures.js";
import { startOfDay } from "../../wall_ui/assets/wall/open_cases.js";
import { isSensitive, shownPlace } from "../../wall_ui/assets/wall/sensitive.js";
import { pick } from "../../wall_ui/assets/wall/queue.js";

const TABLE = {
  "time.second": ["秒", "s"], "wall.minute": ["分", "min"], "time.hour": ["时", "h"], "time.day": ["天", "d"],
  "fact.case.accept": ["{who}受理{place}案件", "{who} accepted a case in {place}"],
  "fact.case.depart": ["{unit}赴{place}", "{unit} left for {place}"],
  "fact.case.dispatch": ["{who}派{unit}赴{place}", "{who} sent {unit} to {place}"],
  "fact.other": ["{place}案件更新", "Case in {place} updated"],
  "unit.grid_officer": ["网格员", "Grid officer"], "wall.county_centre": ["县中心", "County centre"], "layer.unit": ["力量", "Units"],
};
const areas = new AreaNames({ 620821: "泾川县", 620821100: "城关镇", 620821102: "高平镇", 620821100203: "兰家山村民委员会" });
const app = (lang) => {
  const words = new Words(TABLE, lang);
  return { words, t: words.t.bind(words), areas, store: { cases: new Map() } };
};
const fact = (kind, desk, more = {}) => ({ kind, actor: { desk }, case: { area_code: "620821100203001", category: "noise", assignments: [] }, units: [], ...more });

test("a fact is told with its place and its desk, and a desk at home is named once", () => {
  assert.equal(sentence(fact("case.accept", "620821"), app("zh")), "县中心受理城关镇案件");
  assert.equal(sentence(fact("case.accept", "620821100"), app("zh")), "城关镇受理案件");
  assert.equal(sentence(fact("case.dispatch", "620821100"), app("zh")), "城关镇派力量赴城关镇");
  assert.equal(sentence(fact("case.accept", "620821100"), app("en")), "城关镇 accepted a case in 城关镇");
  assert.equal(sentence(fact("case.accept", "620821100203"), app("zh")), "兰家山受理城关镇案件");
});

test("an officer is named by what he is and never by his name", () => {
  const said = sentence(fact("case.depart", "", { units: [{ kind: "grid_officer", name: "王建国" }] }), app("zh"));
  assert.equal(said, "网格员赴城关镇");
});

test("a kind of event that nobody described still reads as a sentence", () => {
  assert.equal(sentence(fact("case.unheard_of", "620821"), app("zh")), "城关镇案件更新");
});

test("a figure is short and keeps its unit", () => {
  const { words } = app("zh");
  assert.deepEqual(compact(48.4, words), ["48", "秒"]);
  assert.deepEqual(compact(560, words), ["9.3", "分"]);
  assert.deepEqual(compact(1500, words), ["25", "分"]);
  assert.deepEqual(compact(6500, words), ["1.8", "时"]);
  assert.deepEqual(compact(null, words), ["–", ""]);
});

test("the queue shows what can still be helped, under at most three that are late", () => {
  const row = (id, due_s) => ({ record: { id }, clock: { due_at: new Date(1e12 + due_s * 1000).toISOString() } });
  const late = [-50, -40, -30, -20, -10].map((s) => row(`late${s}`, s));
  const coming = [10, 20, 30, 40, 50].map((s) => row(`soon${s}`, s));
  const shown = pick([...late, ...coming], 1e12).map(({ record }) => record.id);
  assert.deepEqual(shown, ["late-30", "late-20", "late-10", "soon10", "soon20", "soon30", "soon40"]);
  assert.equal(pick(late, 1e12).length, 5);
});

test("the day and the hour are the county's, wherever the screen stands", () => {
  assert.equal(civil(Date.parse("2026-11-23T16:00:05Z")).time, "00:00:05");
  assert.deepEqual([civil(Date.parse("2026-11-23T16:00:05Z")).day, civil(Date.parse("2026-11-23T16:00:05Z")).weekday], [24, 2]);
  assert.equal(startOfDay(Date.parse("2026-11-24T02:00:00Z")), Date.parse("2026-11-23T16:00:00Z"));
  assert.equal(hourMinute("2026-11-24T02:05:59Z"), "10:05");
});

test("codes say level and tier, and names lose what every village has", () => {
  assert.deepEqual(["620821", "620821100", "620821100203", "620821100203001", "620821/police"].map(levelOf), ["county", "township", "village", "grid", "department"]);
  assert.deepEqual(["620821/police", "620821100203001"].map(tierOf), ["county", "village"]);
  assert.equal(shortName("兰家山村民委员会"), "兰家山");
  assert.equal(areas.place("620821100203001", true), "城关镇兰家山");
  assert.equal(areas.place("620821102"), "高平镇");
});

test("in English a place is its pinyin, with what stands on signs beside it, and both may be typed", () => {
  const words = new Words({ "department.police": ["公安局", "Police"] }, "en");
  const names = { 620821: "泾川县", 620821100: "城关镇", 620821100203: "兰家山村民委员会", 620821100203001: "兰家山村民委员会第1网格", "620821/police": "公安局" };
  const english = { 620821: "Jingchuan County", 620821100: "Chengguan Township", 620821100203: "Lanjiashan Village", 620821100203001: "Lanjiashan Village Grid 1" };
  const both = new AreaNames(names, words, english);
  assert.deepEqual([both.place("620821100203001", true), both.place("620821100")], ["Lanjiashan, Chengguan", "Chengguan"]);
  assert.equal(both.whole("620821100203001"), "Grid 1, Lanjiashan Village, Chengguan Township");
  assert.deepEqual(["620821100", "620821100203001", "620821/police"].map((code) => both.beside(code)), ["城关镇", "城关镇兰家山", ""]);
  assert.deepEqual([both.name("620821/police"), both.typed[620821100]], ["Police", "Chengguan Township 城关镇"]);
  words.lang = "zh";
  assert.deepEqual([both.whole("620821100203001"), both.beside("620821100"), both.name("620821/police")], ["城关镇兰家山村民委员会第1网格", "", "公安局"]);
  // A township has no list of the county's departments.
  assert.equal(new AreaNames({}, words).name("620821/police"), "公安局");
});

test("a dispute is shown in the middle of its village and not behind its door, an emergency where it is", () => {
  const groups = { family_dispute: "dispute", fire: "emergency" };
  const dispute = { id: "a", category: "family_dispute", area_code: "620821100203001", lon: 107.5, lat: 35.5 };
  const middle = () => [107.6, 35.6];
  const [lon, lat] = shownPlace(dispute, groups, middle);
  assert.ok(Math.hypot(lon - 107.6, lat - 35.6) <= 0.0025);
  assert.deepEqual(shownPlace(dispute, groups, middle), [lon, lat]);
  assert.notDeepEqual(shownPlace({ ...dispute, id: "b" }, groups, middle), [lon, lat]);
  assert.deepEqual(shownPlace({ ...dispute, category: "fire" }, groups, middle), [107.5, 35.5]);
  assert.ok(isSensitive({ category: "fraud" }, groups));
});

test("before the villages are here a sensitive place is rounded to a kilometre", () => {
  const [lon] = shownPlace({ id: "a", category: "help", area_code: "620821100203", lon: 107.5049, lat: 35.5 }, {}, () => null);
  assert.ok(Math.abs(lon - 107.5) <= 0.0025);
});

/** Waits until something is so, however slow the machine is. @param {() => boolean} so */
async function until(so) {
  for (let i = 0; i < 1000 && !so(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
}

test("work that may wait is done once for many asks, and not more often than it should", async () => {
  const times = [];
  const ask = later(() => times.push(performance.now()), 40);
  ask();
  ask();
  assert.equal(times.length, 0, "not within the frame that asked");
  await until(() => times.length === 1);
  assert.equal(times.length, 1);
  ask();
  ask();
  await until(() => times.length === 2);
  assert.equal(times.length, 2);
  assert.ok(times[1] - times[0] >= 35);
  ask();
  ask.stop();
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(times.length, 2);
});

test("why a unit was sent is read in English where the recommendation said it, and what a person wrote stays", () => {
  const words = new Words({
    "reason.by_road": ["驾车约 {minutes} 分钟（{km} 公里）", "about {minutes} min by road ({km} km)"],
    "reason.fix_s": ["定位 {age} 秒前", "fix {age} s old"],
    "reason.local": ["本网格人员，熟悉情况", "officer of this grid, knows the place"],
    "reason.local_first": ["本网格人员，熟悉情况（比最快者慢 {slower} 分钟，在容许的 {tolerance} 分钟内）", "officer of this grid ({slower} min slower, {tolerance} allowed)"],
    "reason.joint": ["，", ", "],
  }, "en");
  const kept = "朱海花：驾车约 2.8 分钟（1.6 公里），定位 1 秒前，本网格人员，熟悉情况（比最快者慢 1.5 分钟，在容许的 2 分钟内）";
  assert.equal(reasonIn(words, kept), "朱海花: about 2.8 min by road (1.6 km), fix 1 s old, officer of this grid (1.5 min slower, 2 allowed)");
  assert.equal(reasonIn(words, "请先联系报案人，再出发"), "请先联系报案人，再出发");
  words.lang = "zh";
  assert.equal(reasonIn(words, kept), kept);
});
