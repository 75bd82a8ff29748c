// What stands at places of the ground: cameras, alone or counted together, facilities, points of interest, and what is chosen.
import { cellSize, clusterCameras, HEALTH } from "./clusters.js";
import { withAlpha } from "./palette.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {import("./ground.js").Ground} Ground */
/** @typedef {{single: number[], clusters: import("./clusters.js").Cluster[], places: import("./layers.js").Place[], near: number}} Drawn */

// Zooms of a screen of 1920 pixels.
const CAMERA_ZOOM = { counted: 11.6, finer: 12.4, looks: 13.4, each: 15.2 };
// Cells of clusters, in units of the screen.
const CELL = { far: 120, near: 62 };
// So few in a cell are drawn one by one.
const ALONE = 7;
const PLACE_ZOOM = { facility: 12, inside: 16, poi: 13.4 };
// What lies within a centre's walls would only stand on the centre until the map is as near as its house.
const INSIDE = new Set(["hall", "zone", "room", "mediation_room"]);
const INK = "rgb(4 12 20 / 0.92)";
const FACILITY = "#e9d8aa";
const POI = "#b8c9da";

/** From which zoom on a facility is seen. @param {string} kind */
export const zoomOf = (kind) => (INSIDE.has(kind) ? PLACE_ZOOM.inside : PLACE_ZOOM.facility);

/** The marks of icons.svg for each kind of facility. @type {Record<string, string>} */
export const MARK_OF_FACILITY = {
  centre: "star", township_centre: "unit-department", police: "case-safety", fire: "flame", hospital: "plus", school: "school", compound: "blocks",
  hall: "frame", zone: "frame", room: "frame", mediation_room: "unit-mediation",
};

/**
 * What is seen in a view: cameras one by one and in clusters, and places. The painter and a click ask the same.
 * @param {View} view @param {{layers: import("./layers.js").Layers, isOn: (layer: string) => boolean, size: number}} ground @param {number} near @returns {Drawn}
 */
export function seen(view, { layers, isOn, size }, near) {
  const px = view.dpr * size;
  const inside = (/** @type {{x: number, y: number}} */ { x, y }) => {
    const [left, top] = [x * view.scale - view.left, y * view.scale - view.top];
    return left > -20 * px && top > -20 * px && left < view.width + 20 * px && top < view.height + 20 * px;
  };
  return { near, ...camerasSeen(view, layers, isOn("camera") ? near : 0, px, inside), places: placesSeen(view, layers, isOn, near, px, inside) };
}

/** @param {View} view @param {import("./layers.js").Layers} layers @param {number} near @param {number} px @param {(at: {x: number, y: number}) => boolean} inside */
function camerasSeen(view, layers, near, px, inside) {
  if (near < CAMERA_ZOOM.counted) return { single: [], clusters: [] };
  const { cameras } = layers;
  const far = near < CAMERA_ZOOM.finer;
  // Far away even one is counted: a lone square among thousands of dots would only puzzle.
  const alone = near >= CAMERA_ZOOM.each ? Infinity : far ? 0 : ALONE;
  const { clusters, single } = clusterCameras(cameras, cellSize(view.scale, (far ? CELL.far : CELL.near) * px), alone);
  return { clusters: clusters.filter(inside), single: single.filter((i) => inside({ x: cameras.x[i], y: cameras.y[i] })) };
}

/** @param {View} view @param {import("./layers.js").Layers} layers @param {(layer: string) => boolean} isOn @param {number} near @param {number} px @param {(at: {x: number, y: number}) => boolean} inside */
function placesSeen(view, layers, isOn, near, px, inside) {
  const taken = new Set();
  // What would stand on each other becomes one until the map is nearer.
  const free = (/** @type {{x: number, y: number}} */ { x, y }) => {
    const cell = `${Math.round((x * view.scale) / (20 * px))} ${Math.round((y * view.scale) / (20 * px))}`;
    return !taken.has(cell) && taken.add(cell);
  };
  const facilities = isOn("facility") ? layers.facilities.filter(({ kind }) => near >= zoomOf(kind) && isOn(`facility:${kind}`)) : [];
  return [...facilities, ...(isOn("poi") && near >= PLACE_ZOOM.poi ? layers.pois : [])].filter((place) => inside(place) && free(place));
}

/** What names keep clear of: the boxes of counts and facilities, in device pixels. @param {Drawn} drawn @param {View} view @param {number} px device pixels to a unit of the screen @param {number} digits */
export function platesOf({ clusters, places }, view, px, digits) {
  const box = (/** @type {{x: number, y: number}} */ { x, y }, /** @type {number} */ wide, /** @type {number} */ high) => {
    const [left, top] = [x * view.scale - view.left, y * view.scale - view.top];
    return [left - (wide * px) / 2, top - (high * px) / 2, left + (wide * px) / 2, top + (high * px) / 2];
  };
  const counts = clusters.map((cluster) => box(cluster, digits * (0.8 + 0.52 * String(cluster.count).length), digits * 1.45));
  return [...counts, ...places.map((place) => (place.layer === "poi" ? box(place, 9, 9) : box(place, 18, 18)))];
}

/** @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground @param {Drawn} drawn */
export function paintCameras(c, view, ground, drawn) {
  if (!ground.isOn("camera")) return;
  if (drawn.near < CAMERA_ZOOM.finer) paintDust(c, view, ground);
  paintSingle(c, view, ground, drawn);
  for (const cluster of drawn.clusters) paintCluster(c, view, ground, cluster);
}

/** Far away a fine dust shows where eyes are: one dot for each cell of the screen, more would only whiten it. @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground */
function paintDust(c, view, { layers, palette, size }) {
  const { x, y, count } = layers.cameras;
  const r = 1.05 * view.dpr * size;
  const cell = 5 * view.dpr * size;
  const taken = new Set();
  const dots = new Path2D();
  for (let i = 0; i < count; i += 1) {
    const [px, py] = [x[i] * view.scale - view.left, y[i] * view.scale - view.top];
    if (px < 0 || py < 0 || px > view.width || py > view.height) continue;
    const key = Math.floor(px / cell) * 100000 + Math.floor(py / cell);
    if (taken.has(key)) continue;
    taken.add(key);
    dots.rect(px - r, py - r, 2 * r, 2 * r);
  }
  c.fillStyle = withAlpha(palette.camera, 0.42);
  c.fill(dots);
}

/** Each camera: a square that works, a struck-out square that is offline, a triangle with a fault; near, also where it looks. @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground @param {Drawn} drawn */
function paintSingle(c, view, { layers, palette, size }, { single, near }) {
  const { x, y, bearing, view: views, health } = layers.cameras;
  const r = view.dpr * size * Math.min(5.5, 2.6 + (near - 12.4) * 1.1);
  const [well, off, faulty, cones] = [new Path2D(), new Path2D(), new Path2D(), new Path2D()];
  for (const i of single) {
    const [px, py] = [x[i] * view.scale - view.left, y[i] * view.scale - view.top];
    if (health[i] === HEALTH.online) well.rect(px - r, py - r, 2 * r, 2 * r);
    else if (health[i] === HEALTH.offline) {
      off.rect(px - r, py - r, 2 * r, 2 * r);
      off.moveTo(px - r * 1.5, py + r * 1.5);
      off.lineTo(px + r * 1.5, py - r * 1.5);
    } else {
      faulty.moveTo(px, py - r * 1.35);
      faulty.lineTo(px + r * 1.3, py + r);
      faulty.lineTo(px - r * 1.3, py + r);
      faulty.closePath();
    }
    if (near >= CAMERA_ZOOM.looks && bearing[i] >= 0) wedge(cones, px, py, r * 4.6, bearing[i], views[i]);
  }
  c.fillStyle = withAlpha(palette.camera, 0.2);
  c.fill(cones);
  c.lineJoin = "miter";
  c.lineWidth = view.dpr * size * 1.3;
  c.fillStyle = "rgb(5 16 27 / 0.85)";
  for (const path of [well, faulty]) c.fill(path);
  c.strokeStyle = withAlpha(palette.camera, 0.95);
  c.stroke(well);
  c.strokeStyle = "rgb(168 178 192 / 0.8)";
  c.stroke(off);
  c.strokeStyle = palette.amber;
  c.stroke(faulty);
}

/** @param {Path2D} path @param {number} x @param {number} y @param {number} r @param {number} bearing_deg @param {number} view_deg */
function wedge(path, x, y, r, bearing_deg, view_deg) {
  const at = ((bearing_deg - 90) * Math.PI) / 180;
  const half = (view_deg * Math.PI) / 360;
  path.moveTo(x, y);
  path.arc(x, y, r, at - half, at + half);
  path.closePath();
}

/** A count in a plate. Where some are out their number stands behind a stroke, and the plate has an open corner. @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground @param {import("./clusters.js").Cluster} cluster */
function paintCluster(c, view, { palette, size, digits }, { x, y, count, out }) {
  const px = view.dpr * size;
  const [left, top] = [x * view.scale - view.left, y * view.scale - view.top];
  const high = digits * 1.45 * px;
  c.font = `600 ${digits * px}px "Wall Latin", sans-serif`;
  c.textBaseline = "middle";
  c.textAlign = "left";
  const edge = digits * 0.4 * px;
  const wide = c.measureText(String(count)).width + 2 * edge;
  c.beginPath();
  c.roundRect(left - wide / 2, top - high / 2, wide, high, 4 * px);
  c.fillStyle = "rgb(6 20 33 / 0.78)";
  c.fill();
  c.lineWidth = 1.2 * px;
  c.strokeStyle = withAlpha(palette.camera, 0.55);
  if (out) c.setLineDash([3 * px, 2.2 * px]);
  c.stroke();
  c.setLineDash([]);
  c.fillStyle = withAlpha(palette.camera, 1);
  c.fillText(String(count), left - wide / 2 + edge, top + digits * 0.05 * px);
}

/** Facilities as plates with the mark of their kind, points of interest as small diamonds. @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground @param {Drawn} drawn */
export function paintPlaces(c, view, { shapes, size }, { places }) {
  const px = view.dpr * size;
  for (const place of places) {
    const [x, y] = [place.x * view.scale - view.left, place.y * view.scale - view.top];
    if (place.layer === "poi") paintPoi(c, x, y, px);
    else paintFacility(c, x, y, px, shapes.get(MARK_OF_FACILITY[place.kind] ?? "facility"));
  }
}

/** @param {CanvasRenderingContext2D} c @param {number} x @param {number} y @param {number} px @param {Path2D} [shape] */
function paintFacility(c, x, y, px, shape) {
  const r = 8 * px;
  c.save();
  c.translate(x, y);
  c.beginPath();
  c.roundRect(-r, -r, 2 * r, 2 * r, 3 * px);
  c.lineWidth = 2 * px;
  c.strokeStyle = INK;
  c.stroke();
  c.fillStyle = FACILITY;
  c.fill();
  if (shape) {
    const k = (r * 1.45) / 24;
    c.scale(k, k);
    c.translate(-12, -12);
    c.fillStyle = "#1c2430";
    c.fill(shape, "evenodd");
  }
  c.restore();
}

/** @param {CanvasRenderingContext2D} c @param {number} x @param {number} y @param {number} px */
function paintPoi(c, x, y, px) {
  const r = 4.4 * px;
  c.beginPath();
  c.moveTo(x, y - r);
  c.lineTo(x + r, y);
  c.lineTo(x, y + r);
  c.lineTo(x - r, y);
  c.closePath();
  c.lineWidth = 2 * px;
  c.strokeStyle = INK;
  c.stroke();
  c.fillStyle = POI;
  c.fill();
}

/**
 * What somebody chose: an area or a road by its outline, all else by a ring; a camera with what it sees. In local units.
 * @param {CanvasRenderingContext2D} c @param {View} view @param {Ground} ground @param {number} px a pixel in local units
 */
export function paintChosen(c, view, { chosen, layers, palette, size }, px) {
  if (!chosen) return;
  const path = chosen.kind === "area" ? findArea(layers, chosen.id)?.path : chosen.kind === "road" ? roadPath(layers, chosen.id) : null;
  if (path) {
    for (const [width, colour] of /** @type {[number, string][]} */ ([[11, withAlpha(palette.accent, 0.16)], [6, "rgb(3 12 20 / 0.7)"], [3, palette.accent]])) {
      c.lineWidth = width * px;
      c.strokeStyle = colour;
      c.stroke(path);
    }
    return;
  }
  if (chosen.x === undefined || chosen.y === undefined) return;
  const [x, y] = [chosen.x * view.scale - view.left, chosen.y * view.scale - view.top];
  c.save();
  c.setTransform(1, 0, 0, 1, 0, 0);
  const unit = view.dpr * size;
  const i = chosen.kind === "camera" ? layers.cameras.properties.findIndex(({ code }) => code === chosen.id) : -1;
  if (i >= 0 && layers.cameras.bearing[i] >= 0) {
    const cone = new Path2D();
    wedge(cone, x, y, 78 * unit, layers.cameras.bearing[i], layers.cameras.view[i]);
    c.fillStyle = withAlpha(palette.accent, 0.2);
    c.fill(cone);
    c.lineWidth = 1.4 * unit;
    c.strokeStyle = withAlpha(palette.accent, 0.8);
    c.stroke(cone);
  }
  c.beginPath();
  c.arc(x, y, 15 * unit, 0, 2 * Math.PI);
  c.lineWidth = 6 * unit;
  c.strokeStyle = "rgb(3 10 18 / 0.8)";
  c.stroke();
  c.lineWidth = 2.6 * unit;
  c.strokeStyle = palette.accent;
  c.stroke();
  c.restore();
}

/** @param {import("./layers.js").Layers} layers @param {string} code */
export function findArea(layers, code) {
  return Object.values(layers.areas).flat().find((area) => area.code === code);
}

/** All pieces of a road of this name. @param {import("./layers.js").Layers} layers @param {string} name */
function roadPath(layers, name) {
  const path = new Path2D();
  for (const { xy, properties } of layers.roads) {
    if (properties.name !== name) continue;
    path.moveTo(xy[0], xy[1]);
    for (let i = 2; i < xy.length; i += 2) path.lineTo(xy[i], xy[i + 1]);
  }
  return path;
}

