import assert from "node:assert/strict";
import { test } from "node:test";

/** A pen that notes what is asked of it. */
function pen() {
  const asked = [];
  const handler = {
    get(target, name) {
      if (name === "asked") return asked;
      if (name === "measureText") return (text) => ({ width: 8 * text.length });
      if (name === "createRadialGradient" || name === "createLinearGradient") return () => ({ addColorStop() {} });
      if (name in target) return target[name];
      return (...args) => asked.push([name, args]);
    },
    set(target, name, value) {
      target[name] = value;
      asked.push([name, value]);
      return true;
    },
  };
  return new Proxy({}, handler);
}
const path = new Proxy(function Path() {}, { get: () => () => {}, construct: () => new Proxy({}, { get: () => () => {} }) });
globalThis.Path2D = path;

const { paintGround } = await import("../../wall_ui/assets/map/ground.js");
const { seen } = await import("../../wall_ui/assets/map/points.js");
const { Layers } = await import("../../wall_ui/assets/map/layers.js");

const ring = [[107, 35], [107.5, 35], [107.5, 35.5], [107, 35.5], [107, 35]];
const area = (code, name) => ({ geometry: { type: "Polygon", coordinates: [ring] }, properties: { code, name } });
const point = (properties, lon = 107.25, lat = 35.25) => ({ geometry: { type: "Point", coordinates: [lon, lat] }, properties });
const FEATURES = {
  county: [area("620821", "县")], township: [area("620821100", "镇")], village: [area("620821100200", "村")], grid: [area("620821100200001", "格")],
  water: [{ geometry: { type: "LineString", coordinates: ring }, properties: { name: "河", width_m: 50 } }],
  road: [{ geometry: { type: "LineString", coordinates: ring }, properties: { name: "路", road_class: "trunk", speed_kmh: 60, closed: true } }],
  camera: [...Array(20)].map((_, i) => point({ code: String(i), name: "机", health: ["online", "offline", "fault"][i % 3], bearing_deg: i * 9, field_of_view_deg: 60 }, 107.25 + i * 1e-5)),
  facility: [point({ id: 1, name: "所", kind: "police" })], poi: [point({ id: 2, name: "场", kind: "market" }, 107.26)],
};
const api = { get: async (address) => ({ features: FEATURES[address.split("/").at(-1)] }) };
const palette = new Proxy({}, { get: () => "#123456" });

async function county() {
  const layers = new Layers();
  for (const name of Object.keys(FEATURES)) await layers.load(api, name);
  return layers;
}

/** A view of the middle of the county. */
function view(zoom) {
  const scale = 256 * 2 ** zoom;
  const y = 0.5 - Math.log(Math.tan(Math.PI / 4 + (35.25 * Math.PI) / 360)) / (2 * Math.PI);
  return { scale, left: ((107.25 + 180) / 360) * scale - 500, top: y * scale - 400, width: 1000, height: 800, dpr: 1, zoom };
}

const look = (layers, more = {}) => ({ layers, palette, size: 1, digits: 13, isOn: () => true, shapes: new Map(), over: false, chosen: null, ...more });

test("the ground is painted at every zoom, over land and over a base map, whatever is chosen", async () => {
  const layers = await county();
  const chosen = [null, { kind: "area", id: "620821100" }, { kind: "road", id: "路" }, { kind: "camera", id: "3", x: 0.79, y: 0.39 }, { kind: "poi", id: "2", x: 0.79, y: 0.39 }, { kind: "area", id: "none" }];
  for (let zoom = 8; zoom <= 18; zoom += 0.7) {
    for (const over of [false, true]) for (const one of chosen) {
      const c = pen();
      paintGround(c, view(zoom), look(layers, { over, chosen: one }));
      assert.ok(c.asked.length > 40);
    }
  }
});

test("over a base map there is a veil that lets it through, and no land", async () => {
  const layers = await county();
  const fills = (over) => {
    const c = pen();
    paintGround(c, view(11), look(layers, { over }));
    return c.asked.filter(([name]) => name === "fillStyle").map(([, value]) => value);
  };
  assert.ok(fills(true).every((style) => typeof style === "string"));
  assert.ok(fills(false).some((style) => typeof style === "object"));
});

test("cameras are dust, then counted, then one by one; what is switched off is not seen", async () => {
  const layers = await county();
  const at = (zoom, isOn = () => true) => seen(view(zoom), { layers, isOn, size: 1 }, zoom);
  assert.deepEqual([at(10).clusters.length, at(10).single.length], [0, 0]);
  assert.equal(at(12).clusters.reduce((sum, { count }) => sum + count, 0), 20);
  assert.equal(at(12).clusters.reduce((sum, { out }) => sum + out, 0), 13);
  assert.equal(at(16).single.length, 20);
  assert.deepEqual(at(16, (name) => name !== "camera").single, []);
  assert.deepEqual(at(15).places.map(({ layer }) => layer), ["facility", "poi"]);
  assert.deepEqual(at(15, (name) => name !== "facility:police").places.map(({ layer }) => layer), ["poi"]);
});

test("layers that were fetched anew take the place of the old ones, unless one of them is missing", async () => {
  const old = new Layers();
  for (const name of Object.keys(FEATURES)) await old.load(api, name);
  const partly = new Layers();
  await partly.load(api, "county");
  assert.ok(!partly.hasAllOf(old));
  const fewer = { get: async (address) => ({ features: address.endsWith("/camera") ? [] : FEATURES[address.split("/").at(-1)] }) };
  const fresh = new Layers();
  for (const name of Object.keys(FEATURES)) await fresh.load(fewer, name);
  assert.ok(fresh.hasAllOf(old));
  old.take(fresh);
  assert.equal(old.cameras.count, 0);
  assert.equal(old.counts.camera, 0);
  assert.equal(old.facilities.length, 1);
});
