// What does not move: the county as a lit slab, its divisions, waters, roads, cameras and facilities; one canvas.
import { useLocal } from "./canvas_layer.js";
import { UNITS } from "./geometry.js";
import { withAlpha } from "./palette.js";
import { findArea, paintCameras, paintChosen, paintPlaces, seen } from "./points.js";
import { paintRelief } from "./relief.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {import("./layers.js").Layers} Layers */
/**
 * @typedef {object} Ground
 * @property {Layers} layers @property {Record<string, string>} palette @property {number} size @property {(layer: string) => boolean} isOn
 * @property {Map<string, Path2D>} shapes of icons.svg
 * @property {number} digits height of counts, in units of the screen
 * @property {string|null} [own] the area of the desk, where it is a part of the county
 * @property {boolean} over a base map lies below: only a veil is painted where else the land would be
 * @property {boolean} [bare] the room around the county is left plain: it belongs to the screen, and this picture to the land
 * @property {{kind: string, id: string, x?: number, y?: number}|null} chosen what is marked
 */

// From which zoom (of a screen of 1920 pixels) a layer is drawn when it is switched on; below it would only be noise.
export const FROM_ZOOM = /** @type {const} */ ({ village: 11.2, grid: 12.6, village_road: 12, township_road: 10.4 });

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
  if (!ground.over) paintBackdrop(c, view, ground);
  if (!layers.origin) return;
  // A stroke keeps its look when the map is near: wider with zoom, in pixels of this screen.
  const px = view.dpr * ground.size * Math.min(1.9, Math.max(0.85, 1 + (near - 11) * 0.14));
  c.lineJoin = "round";
  c.lineCap = "round";
  const per = useLocal(c, view, layers.origin, UNITS);
  if (ground.over) paintVeil(c, view, ground);
  else {
    paintSlab(c, view, ground, per * px);
    paintTints(c, ground);
    paintRelief(c, layers, near);
  }
  if (ground.isOn("water")) paintWaters(c, ground, per * px, view);
  if (ground.isOn("road")) paintRoads(c, view, ground, per * px);
  paintBorders(c, view, ground, per * px);
  paintBeyond(c, ground, per * px);
  paintChosen(c, view, ground, per * px);
  c.setTransform(1, 0, 0, 1, 0, 0);
  const drawn = seen(view, ground, near);
  paintCameras(c, view, ground, drawn);
  paintPlaces(c, view, ground, drawn);
}

// Borders over a base map: as bright as its brightest parts.
const OVER = { township: "rgb(196 228 255 / 0.9)", village: "rgb(190 220 248 / 0.5)", grid: "rgb(190 220 248 / 0.36)" };

/** A desk with an area of its own sees it as the brightest part of the map: what lies beyond steps back. */
function paintBeyond(/** @type {CanvasRenderingContext2D} */ c, /** @type {Ground} */ { layers, own, over, palette }, /** @type {number} */ px) {
  const area = own ? findArea(layers, own) : null;
  if (!area || over) return;
  const beyond = new Path2D();
  beyond.rect(-UNITS, -UNITS, 2 * UNITS, 2 * UNITS);
  beyond.addPath(area.path);
  c.fillStyle = "rgb(4 10 18 / 0.44)";
  c.fill(beyond, "evenodd");
  c.lineWidth = 2.2 * px;
  c.strokeStyle = withAlpha(palette["map-county-edge"], 0.9);
  c.stroke(area.path);
}

/** Which classes of roads are drawn at a zoom. @param {number} near @param {string} cls */
export function isRoadDrawn(near, cls) {
  return near >= (ROADS.find(([name]) => name === cls)?.[3] ?? 0);
}

/** Over a base map: dimmed inside the county, darker outside, so that lines and marks of ours stay the brightest. */
function paintVeil(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers }) {
  c.save();
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.fillStyle = "rgb(5 14 25 / 0.46)";
  c.fillRect(0, 0, view.width, view.height);
  c.restore();
  if (!layers.paths.county) return;
  const outside = new Path2D();
  const far = UNITS;
  outside.rect(-far, -far, 2 * far, 2 * far);
  outside.addPath(layers.paths.county);
  c.fillStyle = "rgb(4 9 16 / 0.5)";
  c.fill(outside, "evenodd");
}

/** The zoom as a screen of 1920 pixels would have it: a wall twice as wide shows no more, only larger. */
export function nearness(/** @type {{zoom: number}} */ view, /** @type {number} */ size) {
  return view.zoom - Math.log2(size);
}

/** The dark room around the county: a faint light behind it and a fine grid, fixed to the screen. */
function paintBackdrop(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { palette, size, bare }) {
  if (bare) {
    c.fillStyle = palette["map-ground"];
    c.fillRect(0, 0, view.width, view.height);
    return;
  }
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
  const closed = layers.paths.road_closed;
  if (!closed) return;
  // Broken as well as red: closed is seen without the colour.
  c.lineWidth = 3.4 * px;
  c.strokeStyle = "rgb(4 14 24 / 0.9)";
  c.stroke(closed);
  c.setLineDash([5 * px, 4 * px]);
  c.lineWidth = 2.6 * px;
  c.strokeStyle = palette.red;
  c.stroke(closed);
  c.setLineDash([]);
}

function paintBorders(/** @type {CanvasRenderingContext2D} */ c, /** @type {View} */ view, /** @type {Ground} */ { layers, palette, size, isOn, over }, /** @type {number} */ px) {
  const near = nearness(view, size);
  const lines = /** @type {const} */ ([
    ["grid", palette["map-grid"], 0.7, FROM_ZOOM.grid],
    ["village", palette["map-village"], 0.8, FROM_ZOOM.village],
    ["township", palette["map-township"], 1.35, 0],
  ]);
  for (const [name, colour, width, from] of lines) {
    const path = layers.paths[name];
    if (!path || !isOn(name) || near < from) continue;
    if (over) {
      // A photograph is full of fine lines: ours get an edge.
      c.lineWidth = width * px * 2.4;
      c.strokeStyle = "rgb(3 10 18 / 0.34)";
      c.stroke(path);
    }
    c.lineWidth = width * px * (over ? 1.2 : 1);
    c.strokeStyle = over ? OVER[name] : colour;
    c.stroke(path);
  }
  const county = layers.paths.county;
  if (!county || !isOn("county")) return;
  c.lineWidth = 2.1 * px;
  c.strokeStyle = palette["map-county-edge"];
  c.stroke(county);
}
