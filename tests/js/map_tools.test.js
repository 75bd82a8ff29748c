import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { cellSize, clusterCameras } from "../../wall_ui/assets/map/clusters.js";
import { areaText, area_m2, distance_m, lengthText, length_m, placeText, scaleBar, toGcj02, toZone } from "../../wall_ui/assets/map/geodesy.js";
import { awayFrom, pointAt } from "../../wall_ui/assets/map/hit.js";
import { lookedFor, placeItems } from "../../wall_ui/assets/console/command.js";
import { DESK_KEYS } from "../../wall_ui/assets/console/keys.js";
import { KEY_OF_MOVE } from "../../wall_ui/assets/console/moves.js";
import { lines, named } from "../../wall_ui/assets/map/card.js";
import { casesByNumber } from "../../wall_ui/assets/map/finder.js";
import { told } from "../../wall_ui/assets/map/measure.js";
import { keep, recall } from "../../wall_ui/assets/map/memory.js";
import { MAP_KEYS, mapCommand } from "../../wall_ui/assets/map/tools.js";

const golden = JSON.parse(readFileSync(new URL("../golden/map/coordinates.json", import.meta.url), "utf8"));
const close = (got, want, within) => got.forEach((value, i) => assert.ok(Math.abs(value - want[i]) < within, `${got} is not ${want}`));

test("coordinates of a place agree with the server's to the millimetre", () => {
  for (const { place, gcj02, zone, meridian } of golden.places) {
    close(toGcj02(place), gcj02, 1e-9);
    close(toZone(place, meridian), zone, 0.001);
  }
});

test("lengths are those of the ellipsoid, and areas are right to one in ten thousand", () => {
  for (const { line, length, area } of golden.lines) {
    assert.ok(Math.abs(length_m(line) - length) < 0.01 + length * 1e-8, `${length_m(line)} is not ${length}`);
    assert.ok(Math.abs(area_m2(line) - area) < area * 1e-4, `${area_m2(line)} is not ${area}`);
  }
  assert.equal(distance_m([107, 35], [107, 35]), 0);
  assert.equal(area_m2([[107, 35], [108, 35]]), 0);
});

test("a scale bar is a round length that fits", () => {
  assert.deepEqual(scaleBar(10, 120), { metres: 1000, px: 100 });
  assert.equal(scaleBar(10, 60).metres, 500);
  assert.equal(scaleBar(10, 250).metres, 2000);
  for (const m_per_px of [0.3, 1.7, 42, 900]) {
    const { px } = scaleBar(m_per_px, 150);
    assert.ok(px <= 150 && px > 150 / 2.6, `${px}`);
  }
});

test("lengths, areas and places are written as people read them", () => {
  assert.deepEqual([7.25, 640.4, 1234, 45678].map(lengthText), ["7.3 m", "640 m", "1.23 km", "45.7 km"]);
  assert.deepEqual([5, 12345, 2_500_000, 4.6e8].map(areaText), ["5 m²", "12,345 m²", "2.500 km²", "460.0 km²"]);
  assert.equal(placeText([107.5, 35.25], "wgs84"), "107.50000  35.25000");
  assert.match(placeText([107.5, 35.25], "zone"), /^X 39\d{5}\.\d  Y 454\d{3}\.\d  108°$/);
  assert.notEqual(placeText([107.5, 35.25], "gcj02"), placeText([107.5, 35.25], "wgs84"));
});

const cameras = (places, health = []) => ({
  count: places.length, x: Float64Array.from(places, ([x]) => x), y: Float64Array.from(places, ([, y]) => y),
  health: Uint8Array.from(places, (_, i) => health[i] ?? 0), properties: places.map((_, i) => ({ code: String(i) })),
});

test("cameras of one cell become one mark that counts all of them and those that are out", () => {
  const many = cameras([...Array(9)].map((_, i) => [0.5001 + i * 1e-6, 0.5001]).concat([[0.9, 0.9]]), [0, 1, 2]);
  const { clusters, single } = clusterCameras(many, 1 / 256);
  assert.deepEqual(single, [9]);
  assert.deepEqual(clusters.map(({ count, out }) => [count, out]), [[9, 2]]);
  assert.ok(clusters[0].x > 0.5001 && clusters[0].x < 0.5002);
});

test("no camera is lost or counted twice, at any zoom, and near all stand alone", () => {
  const many = cameras([...Array(500)].map((_, i) => [0.79 + ((i * 7919) % 500) / 1e5, 0.39 + ((i * 104729) % 500) / 1e5]));
  for (const cell of [1 / 64, 1 / 4096, 1 / 65536, 1 / 2 ** 24]) {
    const { clusters, single } = clusterCameras(many, cell);
    const all = [...single, ...clusters.flatMap((cluster) => cluster.members)].sort((a, b) => a - b);
    assert.deepEqual(all, [...Array(500).keys()]);
  }
  assert.equal(clusterCameras(many, 1 / 2 ** 24).clusters.length, 0);
});

test("cells keep still while the map is moved, and halve as it comes nearer", () => {
  assert.equal(cellSize(256 * 2 ** 12, 64), cellSize(256 * 2 ** 12.4, 64));
  assert.equal(cellSize(256 * 2 ** 12, 64), 2 * cellSize(256 * 2 ** 13, 64));
  assert.ok(cellSize(256 * 2 ** 12.4, 64) * 256 * 2 ** 12.4 >= 64);
});

test("a click finds the nearest thing within reach, a single one before a cluster, and nothing that is switched off", () => {
  const layers = { cameras: cameras([[0.5, 0.5], [0.5001, 0.5]]) };
  const drawn = { single: [0, 1], clusters: [{ x: 0.6, y: 0.5 }], places: [{ layer: "poi", name: "a", x: 0.5, y: 0.5003, properties: { id: 4 } }], near: 14 };
  const at = (x, y, on = () => true) => pointAt(layers, drawn, x, y, 1e5, on);
  assert.equal(at(0.50001, 0.5)?.id, "0");
  assert.equal(at(0.50009, 0.5)?.id, "1");
  assert.equal(at(0.5, 0.50029)?.kind, "poi");
  assert.equal(at(0.6001, 0.5)?.kind, "cluster");
  assert.equal(at(0.55, 0.5), null);
  assert.equal(at(0.6001, 0.5, () => false), null);
});

test("a stretch of a line is as far as its nearest point", () => {
  assert.equal(awayFrom(0, 1, -5, 0, 5, 0), 1);
  assert.equal(awayFrom(9, 0, -5, 0, 5, 0), 16);
  assert.equal(awayFrom(3, 4, 0, 0, 0, 0), 25);
});

test("what the map is told by keys is the same with and without a shift, and never with a modifier", () => {
  assert.equal(mapCommand({ key: "4" }), "layers");
  assert.equal(mapCommand({ key: "=" }), "nearer");
  assert.equal(mapCommand({ key: "4", ctrlKey: true }), null);
  assert.equal(mapCommand({ key: "4", isComposing: true }), null);
  assert.equal(mapCommand({ key: "j" }), null);
});

test("no key of the map is one of a desk's", () => {
  const taken = new Set([...DESK_KEYS.flatMap(([keys]) => keys), ...Object.values(KEY_OF_MOVE)]);
  assert.deepEqual(MAP_KEYS.filter(([key]) => taken.has(key)), []);
  assert.equal(new Set(MAP_KEYS.map(([key]) => key)).size, MAP_KEYS.length);
});

test("cases are found by the end or the beginning of their number, from two digits on", () => {
  const cases = [{ number: "20261126-00017" }, { number: "20261126-00117" }];
  assert.equal(casesByNumber(cases, "117").length, 1);
  assert.equal(casesByNumber(cases, "20261126").length, 2);
  assert.deepEqual(casesByNumber(cases, "7"), []);
  assert.deepEqual(casesByNumber(cases, "yd"), []);
});

test("a line of the console looks on the map for what is no command, and for what it is to fly to", () => {
  assert.equal(lookedFor("yd"), "yd");
  assert.equal(lookedFor("/f wdz"), "wdz");
  assert.equal(lookedFor("/d 李建国"), "");
  const [item] = placeItems([{ items: [{ kind: "camera", id: "1", name: "甲" }] }], () => "乙");
  assert.deepEqual([item.kind, item.label, item.hint, item.find.id], ["place", "甲", "乙", "1"]);
});

const app = {
  words: { has: (key) => key !== "map.facility.odd" }, t: (key, places) => (places ? `${key} ${places.n}` : key),
  areas: { place: (code) => `in ${code}`, name: (code) => `area ${code}` }, store: { cases: new Map() },
};

test("a card tells of a camera its code, its health and where it looks, and of an unknown kind its own name", () => {
  const camera = { name: "路口01", code: "62082101001323000174", kind: "road", bearing_deg: 91, field_of_view_deg: 60, health: "fault", area_code: "620821102201001" };
  const told = Object.fromEntries(lines(app, { kind: "camera", id: "", record: camera }).map(([word, value]) => [word, value]));
  assert.deepEqual([told["map.gbt"], told["map.looks"], told["map.health"]], ["62082101001323000174", "91° map.way.2 · 60°", "map.health.fault"]);
  assert.deepEqual(lines(app, { kind: "camera", id: "", record: { ...camera, bearing_deg: null, field_of_view_deg: null } }).find(([word]) => word === "map.looks")?.[1], "");
  assert.equal(named(app, "map.facility", "odd"), "odd");
});

test("what is kept on a screen comes back, and nonsense is as if nothing were kept", () => {
  const shelf = new Map();
  globalThis.localStorage = { getItem: (key) => shelf.get(key) ?? null, setItem: (key, value) => shelf.set(key, value) };
  keep("wall", { off: ["camera"], basemap: "a", system: "zone" });
  assert.deepEqual(recall("wall"), { off: ["camera"], basemap: "a", system: "zone" });
  assert.deepEqual(recall("console"), {});
  shelf.set("wall_map_console", '{"off": 7, "basemap": {"a": 1}}');
  assert.deepEqual(recall("console"), {});
  shelf.set("wall_map_console", "{");
  assert.deepEqual(recall("console"), {});
});

test("a measure tells the length of a way, and of an area also the way around it", () => {
  const square = [[107.3, 35.3], [107.31, 35.3], [107.31, 35.309], [107.3, 35.309]];
  assert.match(told("length", square), /^2\.8\d km$/);
  assert.match(told("area", square), /^0\.9\d\d km² · 3\.8\d km$/);
});
