// Names of areas: the level that fits the zoom, thinned so that no two stand on each other, moved aside for cases.
import { zoomOf } from "./points.js";
import { roadNames } from "./road_names.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {{x: number, y: number, code: string, text: string, font: string, height: number, alpha: number, colour?: string, angle?: number, box: number[]}} Label device pixels */

const FAMILY = '"Wall Latin", "Wall Hanzi", sans-serif';
const LEVELS = /** @type {const} */ ([
  { level: "township", from: 0, to: 14, weight: 700, size: 1.04, alpha: 0.92 },
  { level: "village", from: 12.2, to: 22, weight: 400, size: 0.98, alpha: 0.84 },
  { level: "grid", from: 14.6, to: 22, weight: 400, size: 0.98, alpha: 0.72 },
]);
// Names of what stands at one place come last, and only where there is room.
const PLACES = /** @type {const} */ ([
  { layer: "facility", places: "facilities", from: 13.6, size: 0.97, alpha: 0.9, colour: "#efe0b6" },
  { layer: "poi", places: "pois", from: 14.2, size: 0.97, alpha: 0.82, colour: "#c9d8e6" },
]);
/** @type {Record<string, {weight: number, size: number, colour: string}>} */
const ROADS = { trunk: { weight: 700, size: 0.97, colour: "#ecd29a" }, water: { weight: 400, size: 0.97, colour: "#86c1ff" }, county: { weight: 400, size: 0.97, colour: "#b9cde0" }, township: { weight: 400, size: 0.97, colour: "#9fb4c8" } };
// Where else a name may stand, in its own widths and heights, the nearest first.
const ASIDE = [[0, 0], [0, 1], [0, -1], [0.45, 0.5], [-0.45, 0.5], [0.45, -0.5], [-0.45, -0.5], [0, 1.8], [0, -1.8], [0.7, 0], [-0.7, 0]];
// A name moves aside only for a clearly better place: it must not wander.
const RELUCTANCE = 0.6;

const meets = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** How much of `box` others cover, 0 and more. @param {number[]} box @param {number[][]} others */
export function covered(box, others) {
  let area = 0;
  for (const other of others) {
    const w = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
    const h = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
    if (w > 0 && h > 0) area += w * h;
  }
  return area / ((box[2] - box[0]) * (box[3] - box[1]));
}

/**
 * The index of the best place: least covered, nearest to home, and no change for little.
 * @param {number[][]} boxes candidates in the order of ASIDE @param {number[][]} marks boxes of cases
 * @param {number[][]} taken boxes of names that stand already @param {number} held the place it has now @returns {number} -1: none
 */
export function choosePlace(boxes, marks, taken, held) {
  let best = -1;
  let least = Infinity;
  boxes.forEach((box, i) => {
    if (taken.some((other) => meets(box, other))) return;
    const away = Math.hypot(box[0] - boxes[0][0], box[1] - boxes[0][1]) / (box[3] - box[1]);
    const cost = covered(box, marks) * 7 + away * 0.35 - (i === held ? RELUCTANCE : 0);
    if (cost < least) [best, least] = [i, cost];
  });
  return best;
}

export class Labels {
  constructor() {
    this.pen = /** @type {any} */ (new OffscreenCanvas(1, 1).getContext("2d"));
    /** @type {Map<string, number>} where each name stands, by code */
    this.held = new Map();
  }

  /**
   * @param {View} view @param {import("./layers.js").Layers} layers @param {number} base height of a township's name, device pixels
   * @param {(level: string) => boolean} isOn @param {number[][]} marks boxes of cases
   * @param {(thing: import("./layers.js").Area|import("./layers.js").Place, level: string) => string} say what the reader calls an area or a place
   * @param {number[][]} plates boxes of what the ground shows: counts of cameras, facilities
   * @param {number} [near] the zoom as a screen of 1920 pixels would have it @returns {Label[]}
   */
  place(view, layers, base, isOn, marks, say, plates, near = view.zoom) {
    /** @type {number[][]} */
    const taken = [];
    /** @type {Label[]} */
    const labels = [];
    const aside = [...marks, ...plates];
    for (const { level, from, to, weight, size, alpha } of LEVELS) {
      if (!isOn(level) || near < from || near > to) continue;
      const height = base * size;
      const font = `${weight} ${height}px ${FAMILY}`;
      this.pen.font = font;
      for (const area of layers.areas[level]) {
        const text = say(area, level);
        const label = this.#placeOne({ ...area, label: text }, view, height, taken, level === "grid" ? [] : aside);
        if (label) labels.push({ ...label, code: area.code, text, font, height, alpha });
      }
    }
    for (const { layer, places, from, size, alpha, colour } of PLACES) {
      if (!isOn(layer) || near < from) continue;
      const height = base * size;
      const font = `400 ${height}px ${FAMILY}`;
      this.pen.font = font;
      for (const place of layers[places]) {
        const text = say(place, layer);
        const label = isOn(`${layer}:${place.kind}`) && near >= zoomOf(place.kind) ? this.#placeBelow(place, text, view, height, taken, plates) : null;
        if (label) labels.push({ ...label, code: `${layer} ${place.properties.id}`, text, font, height, alpha, colour });
      }
    }
    return [...labels, ...this.#along(view, layers, base, say, [...taken, ...aside], near).filter(({ layer }) => isOn(layer))];
  }

  /** Along roads and rivers, where nothing else stands. @param {View} view @param {import("./layers.js").Layers} layers @param {number} base @param {(road: any, level: string) => string} say @param {number[][]} taken @param {number} near @returns {(Label & {layer: string})[]} */
  #along(view, layers, base, say, taken, near) {
    const height = base * ROADS.trunk.size;
    this.pen.font = `${ROADS.trunk.weight} ${height}px ${FAMILY}`;
    /** @type {Map<string, number>} */
    const widths = new Map();
    const wide = (/** @type {string} */ name) => {
      if (!widths.has(name)) widths.set(name, this.pen.measureText(name).width * 1.06);
      return /** @type {number} */ (widths.get(name));
    };
    const labels = [];
    for (const { x, y, angle, box, name, cls } of roadNames(layers, view, near, height, wide, (road) => say({ name: road }, "road"))) {
      if (taken.some((other) => meets(box, other))) continue;
      taken.push(box);
      const { weight, size, colour } = ROADS[cls];
      labels.push({ layer: cls === "water" ? "water" : "road", x, y, angle, box, code: `road ${name} ${labels.length}`, text: name, font: `${weight} ${base * size}px ${FAMILY}`, height: base * size, alpha: 0.88, colour });
    }
    return labels;
  }

  /** Under its mark, or nowhere. @param {import("./layers.js").Place} place @param {string} text @param {View} view @param {number} height @param {number[][]} taken @param {number[][]} plates */
  #placeBelow(place, text, view, height, taken, plates) {
    const x = place.x * view.scale - view.left;
    const y = place.y * view.scale - view.top + height * 1.25;
    if (x < 0 || y < 0 || x > view.width || y > view.height) return null;
    const half = this.pen.measureText(text).width / 2 + height * 0.35;
    const box = [x - half, y - height * 0.62, x + half, y + height * 0.62];
    if (taken.some((other) => meets(box, other)) || plates.some((other) => meets(box, other))) return null;
    taken.push(box);
    return { x, y, box };
  }

  /** @param {any} area @param {View} view @param {number} height @param {number[][]} taken @param {number[][]} marks */
  #placeOne(area, view, height, taken, marks) {
    const x = area.labelX * view.scale - view.left;
    const y = area.labelY * view.scale - view.top;
    if (x < 0 || y < 0 || x > view.width || y > view.height) return null;
    const half = this.pen.measureText(area.label).width / 2 + height * 0.2;
    const boxes = ASIDE.map(([dx, dy]) => [x + dx * 2 * half - half, y + dy * height * 1.2 - height * 0.6, x + dx * 2 * half + half, y + dy * height * 1.2 + height * 0.6]);
    const chosen = choosePlace(marks.length ? boxes : boxes.slice(0, 1), marks, taken, this.held.get(area.code) ?? 0);
    if (chosen < 0) return null;
    this.held.set(area.code, chosen);
    const box = boxes[chosen];
    taken.push(box);
    return { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, box };
  }
}

/** @param {any} c @param {Label} label @param {Record<string, string>} palette */
export function drawLabel(c, { x, y, angle, text, font, height, alpha, colour }, palette) {
  if (angle) {
    c.save();
    c.translate(x, y);
    c.rotate(angle);
    drawLabel(c, { x: 0, y: 0, text, font, height, alpha, colour, code: "", box: [] }, palette);
    c.restore();
    return;
  }
  c.font = font;
  c.letterSpacing = `${height * 0.05}px`;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.lineJoin = "round";
  c.lineWidth = height * 0.2;
  c.strokeStyle = palette["map-label-halo"];
  c.globalAlpha = 0.62;
  c.strokeText(text, x, y);
  c.globalAlpha = alpha;
  c.fillStyle = colour ?? palette["map-label"];
  c.fillText(text, x, y);
  c.globalAlpha = 1;
}
