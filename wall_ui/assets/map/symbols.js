// The marks of units and cases as small bitmaps, drawn once for each look and size; shapes come from icons.svg.

/** @typedef {{bitmap: HTMLCanvasElement, half: number}} Sprite `half` the distance from its middle to its edge, device pixels */

const GRID = 24;
const INK = "rgb(3 10 18 / 0.92)";

/** Reads the shapes of the sprite sheet. @returns {Promise<Map<string, Path2D>>} */
export async function loadShapes(url = "/assets/icons.svg") {
  const sheet = new DOMParser().parseFromString(await (await fetch(url)).text(), "image/svg+xml");
  const shapes = new Map();
  for (const symbol of sheet.querySelectorAll("symbol")) {
    const path = new Path2D();
    for (const part of symbol.children) addPart(path, part);
    shapes.set(symbol.id, path);
  }
  return shapes;
}

/** @param {Path2D} path @param {Element} part */
function addPart(path, part) {
  const n = (/** @type {string} */ name) => Number(part.getAttribute(name) ?? 0);
  if (part.tagName === "path") path.addPath(new Path2D(part.getAttribute("d") ?? ""));
  if (part.tagName === "circle") {
    path.moveTo(n("cx") + n("r"), n("cy"));
    path.arc(n("cx"), n("cy"), n("r"), 0, 2 * Math.PI);
  }
  if (part.tagName === "rect") path.roundRect(n("x"), n("y"), n("width"), n("height"), n("rx"));
}

export class Symbols {
  /** @param {Map<string, Path2D>} shapes @param {Record<string, string>} palette */
  constructor(shapes, palette) {
    this.shapes = shapes;
    this.palette = palette;
    /** @type {Map<string, Sprite>} */
    this.made = new Map();
  }

  /** @param {string} key @param {number} half @param {(c: CanvasRenderingContext2D) => void} draw around (0, 0) @returns {Sprite} */
  #sprite(key, half, draw) {
    let sprite = this.made.get(key);
    if (sprite) return sprite;
    const bitmap = document.createElement("canvas");
    const whole = Math.ceil(half) * 2;
    bitmap.width = whole;
    bitmap.height = whole;
    const c = /** @type {CanvasRenderingContext2D} */ (bitmap.getContext("2d"));
    c.translate(whole / 2, whole / 2);
    draw(c);
    sprite = { bitmap, half: whole / 2 };
    this.made.set(key, sprite);
    return sprite;
  }

  /**
   * A unit: shape by kind, colour by state, larger when it is out on a case, faint when its fix is old.
   * @param {string} kind @param {string} state @param {boolean} stale @param {number} size device pixels for one unit of the screen
   */
  unit(kind, state, stale, size) {
    const out = state !== "available" && state !== "off_duty";
    const officer = kind === "grid_officer";
    const r = (officer ? (out ? 8.5 : 4.6) : out ? 11 : 8.5) * size;
    return this.#sprite(`u|${kind}|${state}|${stale}|${size}`, r * 1.9, (c) => {
      const colour = this.palette[`unit-${state}`] ?? this.palette.muted;
      c.globalAlpha = stale ? 0.42 : 1;
      if (out) {
        const glow = c.createRadialGradient(0, 0, r * 0.6, 0, 0, r * 1.85);
        glow.addColorStop(0, colour);
        glow.addColorStop(1, "rgb(0 0 0 / 0)");
        c.globalAlpha = stale ? 0.12 : 0.34;
        c.fillStyle = glow;
        c.fillRect(-r * 1.9, -r * 1.9, r * 3.8, r * 3.8);
        c.globalAlpha = stale ? 0.42 : 1;
      }
      const outline = unitOutline(kind, r);
      c.lineJoin = "round";
      c.strokeStyle = INK;
      c.lineWidth = Math.max(1.5, r * 0.5);
      c.stroke(outline);
      c.fillStyle = colour;
      c.fill(outline);
      if (out || !officer) {
        c.strokeStyle = "rgb(255 255 255 / 0.92)";
        c.lineWidth = Math.max(1, r * 0.17);
        c.stroke(outline);
      }
      const shape = this.shapes.get(`unit-${kind}`);
      if (shape && (out || !officer)) {
        const k = (r * 1.12) / GRID;
        c.scale(k, k);
        c.translate(-GRID / 2, -GRID / 2);
        c.fillStyle = INK;
        c.fill(shape);
      }
    });
  }

  /**
   * A case: shape by the group of its category, colour by priority, hollow once it only waits to be verified.
   * @param {string} group @param {number} priority @param {boolean} hollow @param {number} size
   */
  case(group, priority, hollow, size) {
    const r = CASE_RADIUS[priority] * size;
    return this.#sprite(`c|${group}|${priority}|${hollow}|${size}`, r * 1.6, (c) => {
      const colour = this.palette[`priority-${priority}`];
      const shape = this.shapes.get(`case-${group}`) ?? this.shapes.get("case-service");
      const k = (2 * r) / GRID;
      c.scale(k, k);
      c.translate(-GRID / 2, -GRID / 2 - (group === "emergency" ? 1.4 : 0));
      c.lineJoin = "round";
      c.strokeStyle = INK;
      c.lineWidth = 6.5;
      c.stroke(/** @type {Path2D} */ (shape));
      c.fillStyle = hollow ? "rgb(6 18 30 / 0.92)" : colour;
      c.fill(/** @type {Path2D} */ (shape));
      c.strokeStyle = hollow ? colour : "rgb(255 255 255 / 0.9)";
      c.lineWidth = hollow ? 3.4 : 1.7;
      c.stroke(/** @type {Path2D} */ (shape));
      if (priority === 1 && !hollow) exclamation(c);
    });
  }
}

/** Half the height of a case's mark, by priority, in units of the screen. */
export const CASE_RADIUS = /** @type {Record<number, number>} */ ({ 1: 15, 2: 13, 3: 11, 4: 9.5 });

/** @param {string} kind @param {number} r */
function unitOutline(kind, r) {
  const path = new Path2D();
  if (kind === "patrol") {
    path.moveTo(0, -r * 1.25);
    path.lineTo(r * 1.25, 0);
    path.lineTo(0, r * 1.25);
    path.lineTo(-r * 1.25, 0);
    path.closePath();
  } else if (kind === "department") path.roundRect(-r, -r, 2 * r, 2 * r, r * 0.25);
  else if (kind === "mediation") {
    for (let i = 0; i < 6; i += 1) path.lineTo(r * 1.12 * Math.cos((i * Math.PI) / 3), r * 1.12 * Math.sin((i * Math.PI) / 3));
    path.closePath();
  } else path.arc(0, 0, r, 0, 2 * Math.PI);
  return path;
}

/** @param {CanvasRenderingContext2D} c in the 24 grid */
function exclamation(c) {
  c.fillStyle = "#fff";
  c.beginPath();
  c.roundRect(10.7, 8.2, 2.6, 7, 1.2);
  c.roundRect(10.7, 16.6, 2.6, 2.6, 1.2);
  c.fill();
}
