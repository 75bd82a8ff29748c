// What does not move: the county as a lit slab, its divisions, waters, roads, cameras and facilities; one canvas.
import { useLocal } from "./canvas_layer.js";
import { UNITS } from "./geometry.js";
import { withAlpha } from "./palette.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {import("./layers.js").Layers} Layers */
/** @typedef {{layers: Layers, palette: Record<string, string>, size: number, isOn: (layer: string) => boolean}} Ground */

// From which zoom (of a screen of 1920 pixels) a layer is drawn when it is switched on; below it would only be noise.
const FROM_ZOOM = { village: 11.2, grid: 12.6, village_road: 12, township_road: 10.4, camera_each: 12.4 };

const ROADS = /** @type {const} */ ([
  ["village", 0.7, 0.3, FROM_ZOOM.village_road],
  ["township", 0.9, 0.38, FROM_ZOOM.township_road],
  ["county", 1.3, 0.55, 0],
  ["trunk", 2.1, 0.78, 0],
]);

/** @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground */
export function paintGround(c, view, ground) {
  const { layers } = ground;
  const near = nearness(view, ground.size);
  paintBackdrop(c, view, ground);
  if (!layers.origin) return;
  // A stroke keeps its look when the map is near: wider with zoom, in pixels of this screen.
  const px = view.dpr * ground.size * Math.min(1.9, Math.max(0.85, 1 + (near - 11) * 0.14));
  c.lineJoin = "round";
  c.lineCap = "round";
  const per = useLocal(c, view, layers.origin, UNITS);
  paintSlab(c, view, ground, per * px);
  paintTints(c, ground);
  if (ground.isOn("water")) paintWaters(c, ground, per * px, view);
  if (ground.isOn("road")) paintRoads(c, view, ground, per * px);
  paintBorders(c, view, ground, per * px);
  if (ground.isOn("camera")) paintCameras(c, view, ground);
  if (ground.isOn("facility")) paintFacilities(c, view, ground);
}

/** The zoom as a screen of 1920 pixels would have it: a wall twice as wide shows no more, only larger. */
export function nearness(/** @type {{zoom: number}} */ view, /** @type {number} */ size) {
  return view.zoom - Math.log2(size);
}

/** The dark room around the county: a faint light behind it and a fine grid, fixed to the screen. */
function paintBackdrop(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { palette, size }) {
  const [x, y] = [view.width * 0.49, view.height * 0.5];
  const light = c.createRadialGradient(x, y, 0, x, y, view.width * 0.56);
  light.addColorStop(0, "#0e2a44");
  light.addColorStop(0.5, "#081a2c");
  light.addColorStop(1, palette["map-ground"]);
  c.fillStyle = light;
  c.fillRect(0, 0, view.width, view.height);
  const step = Math.round(60 * size * view.dpr);
  const line = Math.max(1, Math.round(view.dpr * size * 0.5));
  c.fillStyle = "rgb(88 196 255 / 0.045)";
  for (let at = step; at < view.width; at += step) c.fillRect(at, 0, line, view.height);
  for (let at = step; at < view.height; at += step) c.fillRect(0, at, view.width, line);
}

/** The county as a slab that floats over the ground: a halo, its side, its face, and light along its edge. */
function paintSlab(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, palette }, /** @type {number} */ px) {
  const path = layers.paths.county;
  if (!path) return;
  const edge = palette["map-county-edge"];
  for (const [width, alpha] of [[64, 0.022], [44, 0.03], [28, 0.045], [15, 0.07], [7, 0.1]]) {
    c.lineWidth = width * px;
    c.strokeStyle = withAlpha(edge, alpha);
    c.stroke(path);
  }
  // The side of the slab, seen from the south.
  const side = [[11, "#04131f"], [9, "#072438"], [6, "#0a3048"], [3, "#0d3d5a"]];
  for (const [drop, colour] of side) {
    c.save();
    c.translate(0, Number(drop) * px);
    c.fillStyle = String(colour);
    c.fill(path);
    c.restore();
  }
  const [, minY, , maxY] = layers.box;
  const face = c.createLinearGradient(0, minY, 0, maxY);
  face.addColorStop(0, "#143a58");
  face.addColorStop(0.45, palette["map-county"]);
  face.addColorStop(1, "#0a1c2d");
  c.fillStyle = face;
  c.fill(path);
  c.save();
  c.clip(path);
  for (const [width, alpha] of [[92, 0.035], [58, 0.045], [30, 0.06], [13, 0.09]]) {
    c.lineWidth = width * px;
    c.strokeStyle = withAlpha(edge, alpha);
    c.stroke(path);
  }
  c.restore();
}

/** Townships a shade apart, so that the eye separates them before it sees a line. */
function paintTints(/** @type {CanvasRenderingContext2D} */ c, /** @type {Ground} */ { layers, isOn }) {
  if (!isOn("township")) return;
  const tints = ["rgb(88 178 236 / 0.15)", "rgb(56 190 200 / 0.10)", "rgb(112 140 236 / 0.12)", "rgb(8 30 58 / 0.26)", "rgb(60 120 180 / 0.06)"];
  layers.areas.township.forEach((area) => {
    c.fillStyle = tints[area.tint % tints.length];
    c.fill(area.path);
  });
}

function paintWaters(/** @type {CanvasRenderingContext2D} */ c, /** @type {Ground} */ { layers, palette, size }, /** @type {number} */ px, /** @type {View} */ view) {
  const near = nearness(view, size);
  const water = palette["map-water"];
  const wide = Math.max(1, 2 ** (near - 12.5));
  for (const [width, alpha] of [[9, 0.1], [5.5, 0.2]]) {
    c.lineWidth = width * px * wide;
    c.strokeStyle = withAlpha(water, alpha);
    for (const line of layers.waters) c.stroke(line.path);
  }
  for (const line of layers.waters) {
    c.lineWidth = Math.max(1.2, line.width_m / 38) * px * wide;
    c.strokeStyle = withAlpha(water, 0.92);
    c.stroke(line.path);
  }
  for (const line of layers.waters) {
    c.lineWidth = 0.7 * px * wide;
    c.strokeStyle = "rgb(140 205 255 / 0.5)";
    c.stroke(line.path);
  }
}

function paintRoads(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, palette, size }, /** @type {number} */ px) {
  const near = nearness(view, size);
  for (const [name, width, alpha, from] of ROADS) {
    const path = layers.paths[`road_${name}`];
    if (!path || near < from) continue;
    const colour = name === "trunk" ? palette["map-road-trunk"] : palette["map-road"];
    if (name === "trunk") {
      c.lineWidth = 4.4 * px;
      c.strokeStyle = "rgb(4 14 24 / 0.6)";
      c.stroke(path);
    }
    c.lineWidth = width * px * (near > 13 ? 1.5 : 1);
    c.strokeStyle = withAlpha(colour, near > 12.5 ? Math.min(0.9, alpha + 0.2) : alpha);
    c.stroke(path);
  }
}

function paintBorders(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, palette, size, isOn }, /** @type {number} */ px) {
  const near = nearness(view, size);
  const lines = /** @type {const} */ ([
    ["grid", palette["map-grid"], 0.7, FROM_ZOOM.grid],
    ["village", palette["map-village"], 0.8, FROM_ZOOM.village],
    ["township", palette["map-township"], 1.35, 0],
  ]);
  for (const [name, colour, width, from] of lines) {
    const path = layers.paths[name];
    if (!path || !isOn(name) || near < from) continue;
    c.lineWidth = width * px;
    c.strokeStyle = colour;
    c.stroke(path);
  }
  const county = layers.paths.county;
  if (!county || !isOn("county")) return;
  c.lineWidth = 2.1 * px;
  c.strokeStyle = palette["map-county-edge"];
  c.stroke(county);
}

/** Cameras: far away a fine dust that shows where eyes are; near, each one hollow, with where it looks. */
function paintCameras(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, palette, size }) {
  const near = nearness(view, size);
  c.setTransform(1, 0, 0, 1, 0, 0);
  const { x, y, bearing, health, count } = layers.cameras;
  const each = near >= FROM_ZOOM.camera_each;
  const r = view.dpr * size * (each ? Math.min(5, 2.2 + (near - 12.4) * 1.1) : 1.05);
  // Far away one dot for each cell of the screen is enough; more would only whiten it.
  const cell = each ? 0 : 5 * view.dpr * size;
  const taken = new Set();
  const [alive, dead, cones] = [new Path2D(), new Path2D(), new Path2D()];
  for (let i = 0; i < count; i += 1) {
    const px = x[i] * view.scale - view.left;
    const py = y[i] * view.scale - view.top;
    if (px < -20 || py < -20 || px > view.width + 20 || py > view.height + 20) continue;
    if (cell) {
      const key = Math.floor(px / cell) * 100000 + Math.floor(py / cell);
      if (taken.has(key)) continue;
      taken.add(key);
    }
    (health[i] ? alive : dead).rect(px - r, py - r, 2 * r, 2 * r);
    if (each && near >= 13.4 && bearing[i] >= 0) {
      const at = ((bearing[i] - 90) * Math.PI) / 180;
      cones.moveTo(px, py);
      cones.arc(px, py, r * 4.6, at - 0.42, at + 0.42);
    }
  }
  c.fillStyle = withAlpha(palette.camera, 0.2);
  c.fill(cones);
  if (!each) {
    c.fillStyle = withAlpha(palette.camera, 0.42);
    c.fill(alive);
    return;
  }
  c.lineWidth = view.dpr * size * 1.2;
  c.fillStyle = "rgb(5 16 27 / 0.85)";
  c.fill(alive);
  c.strokeStyle = withAlpha(palette.camera, 0.85);
  c.stroke(alive);
  c.strokeStyle = "rgb(150 160 175 / 0.5)";
  c.stroke(dead);
}

/** Facilities from the middle zooms on: small houses. */
function paintFacilities(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, size }) {
  const near = nearness(view, size);
  if (near < 12) return;
  c.setTransform(1, 0, 0, 1, 0, 0);
  const r = view.dpr * size * 6;
  const path = new Path2D();
  const taken = new Set();
  for (const place of layers.facilities) {
    const px = place.x * view.scale - view.left;
    const py = place.y * view.scale - view.top;
    if (px < -20 || py < -20 || px > view.width + 20 || py > view.height + 20) continue;
    // Houses that would stand on each other become one until the map is nearer.
    const cell = `${Math.round(px / (2.6 * r))} ${Math.round(py / (2.6 * r))}`;
    if (taken.has(cell)) continue;
    taken.add(cell);
    path.moveTo(px, py - r);
    path.lineTo(px + r, py - r * 0.15);
    path.lineTo(px + r, py + r * 0.85);
    path.lineTo(px - r, py + r * 0.85);
    path.lineTo(px - r, py - r * 0.15);
    path.closePath();
  }
  c.fillStyle = "rgb(233 216 170 / 0.9)";
  c.strokeStyle = "rgb(4 12 20 / 0.9)";
  c.lineWidth = view.dpr * size;
  c.stroke(path);
  c.fill(path);
}
