// Names in Latin letters: persons surname first, things as the server calls them, and only for who reads English.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Latin } from "../../wall_ui/assets/core/latin.js";
import { Words } from "../../wall_ui/assets/core/words.js";

const ANSWERS = {
  "/assets/readings.json": { readings: { an: "安", dan: "单", gao: "高", guo: "郭国", jian: "建", ou: "欧", qin: "琴", shan: "山", wang: "王", xiao: "小", nü: "女", shi: "士", yang: "阳", "lü": "吕", bu: "布" }, surnames: { 单: "shan", 欧阳: "ouyang" }, titles: { 女士: "Ms" } },
  "/api/layers/road/names": { 玉都街: "Yudu Street" },
};

function reading(lang) {
  const words = new Words({}, lang);
  const asked = [];
  const latin = new Latin(words, async (path) => {
    asked.push(path);
    if (!(path in ANSWERS)) throw new Error(path);
    return ANSWERS[path];
  });
  return { words, latin, asked };
}

test("a person is called surname first, and what is no person's name stays", async () => {
  const { latin } = reading("en");
  await latin.load();
  const said = { 高小琴: "Gao Xiaoqin", 王建安: "Wang Jian'an", 单国: "Shan Guo", 欧阳建国: "Ouyang Jianguo", 吕布: "Lü Bu", 郭女士: "Ms Guo" };
  for (const [name, wanted] of Object.entries(said)) assert.equal(latin.person(name), wanted);
  for (const name of ["系统管理专用", "Li Ming", "", null, undefined, "王谦"]) assert.equal(latin.person(name), name);
});

test("who reads Chinese fetches nothing; at the switch all is fetched once, and drawn again", async () => {
  const { words, latin, asked } = reading("zh");
  await latin.load();
  await latin.know(["road"]);
  assert.deepEqual([asked, latin.person("高小琴"), latin.called("玉都街")], [[], "高小琴", "玉都街"]);
  let drawn = 0;
  words.addEventListener("change", () => (drawn += 1));
  words.lang = "en";
  words.dispatchEvent(new Event("change"));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([asked.sort(), drawn], [["/api/layers/road/names", "/assets/readings.json"], 2]);
  assert.deepEqual([latin.person("高小琴"), latin.called("玉都街"), latin.called("某路")], ["Gao Xiaoqin", "Yudu Street", "某路"]);
});

test("what cannot be fetched leaves names as they are, and is not asked for without end", async () => {
  const { latin, asked } = reading("en");
  await latin.know(["camera"]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(asked.filter((path) => path.endsWith("camera/names")).length, 1);
  assert.equal(latin.called("玉都街路口01号"), "玉都街路口01号");
});
