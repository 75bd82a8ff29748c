// Names of areas: the level that fits the zoom, thinned so that no two stand on each other.

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {import("./ground.js").Ground} Ground */

const FAMILY = '"Wall Latin", "Wall Hanzi", sans-serif';
// Each level's names appear from a zoom on and stand for that level alone below the next.
const LEVELS = /** @type {const} */ ([
  { level: "township", from: 0, to: 14, weight: 700, size: 1, alpha: 0.96 },
  { level: "village", from: 12.2, to: 22, weight: 400, size: 0.86, alpha: 0.86 },
  { level: "grid", from: 14.6, to: 22, weight: 400, size: 0.8, alpha: 0.7 },
]);

/** @param {CanvasRenderingContext2D} c @param {View} view @param {Ground & {labelSize?: number}} ground */
export function paintLabels(c, view, ground) {
  const { layers, palette, isOn } = ground;
  const base = (ground.labelSize ?? 15) * view.dpr * ground.size;
  /** @type {number[][]} */
  const boxes = [];
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.lineJoin = "round";
  for (const { level, from, to, weight, size, alpha } of LEVELS) {
    if (!isOn(level) || view.zoom < from || view.zoom > to) continue;
    const height = base * size;
    c.font = `${weight} ${height}px ${FAMILY}`;
    c.letterSpacing = `${height * 0.06}px`;
    for (const area of layers.areas[level]) {
      const x = area.labelX * view.scale - view.left;
      const y = area.labelY * view.scale - view.top;
      if (x < 0 || y < 0 || x > view.width || y > view.height) continue;
      const half = c.measureText(area.label).width / 2 + height * 0.25;
      const box = [x - half, y - height * 0.7, x + half, y + height * 0.7];
      if (boxes.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) continue;
      boxes.push(box);
      c.lineWidth = height * 0.26;
      c.strokeStyle = palette["map-label-halo"];
      c.globalAlpha = 0.82;
      c.strokeText(area.label, x, y);
      c.globalAlpha = alpha;
      c.fillStyle = palette["map-label"];
      c.fillText(area.label, x, y);
    }
  }
  c.globalAlpha = 1;
  c.letterSpacing = "0px";
}
