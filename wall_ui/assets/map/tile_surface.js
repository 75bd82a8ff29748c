// A drawn surface cut into tiles of bitmaps: only tiles that something touches exist on the screen, and only those in
// which something changed are painted again. (canvas_layer.js says why bitmaps.)
import { viewOf } from "./canvas_layer.js";

export const TILE = 256; // device pixels
export const STRIPES = 8;

/** @typedef {{x: number, y: number, canvas: HTMLCanvasElement, shown: any, dirty: boolean, filled: boolean,
 *   stripe: number}} Tile stripe: which of the upright strips of the screen it lies in */
/**
 * What lies on a surface: `look` is all that its drawing depends on, `boxes` what it covers (x1, y1, x2, y2 in device pixels).
 * @typedef {{key: string, look: string, boxes: number[][], draw: (context: any) => void}} Thing
 */

/**
 * Adds a tiled surface to `map`. `onReset()` is called after every move, zoom and change of size; all tiles are dirty then.
 * @param {any} map Leaflet map @param {string} pane @param {number} zIndex @param {() => void} onReset
 */
export function addTiles(map, pane, zIndex, onReset) {
  const L = window.L;
  if (!map.getPane(pane)) map.createPane(pane);
  Object.assign(map.getPane(pane).style, { zIndex: String(zIndex), pointerEvents: "none" });
  const Surface = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("div");
      /** @type {Tile[]} */
      this.tiles = [];
      this.painted = 0;
      /** @type {Map<string, Thing>} what lies here, by its key */
      this.lying = new Map();
      // One sheet for all: a bitmap that is handed over leaves it blank, and a context costs more than what is drawn with it.
      this.sheet = new OffscreenCanvas(TILE, TILE);
      this.pen = this.sheet.getContext("2d");
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      const size = this._bounds.getSize();
      const dpr = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.x * dpr), Math.round(size.y * dpr)];
      if (width !== this.width || height !== this.height || dpr !== this.dpr) {
        Object.assign(this, { width, height, dpr, tiles: cut(this._container, width, height, dpr) });
      }
      this.view = viewOf(this._map, this._bounds.min, width, height);
      this.touchAll();
      onReset();
    },
    _updatePaths() {},
    touchAll() {
      for (const tile of this.tiles) tile.dirty = true;
    },
    /** Marks the tiles under a box as changed. Device pixels of the surface. */
    touch(/** @type {number} */ x1, /** @type {number} */ y1, /** @type {number} */ x2, /** @type {number} */ y2) {
      const columns = Math.ceil(this.width / TILE);
      const clamp = (/** @type {number} */ at, /** @type {number} */ whole) => Math.min(Math.ceil(whole / TILE) - 1, Math.max(0, Math.floor(at / TILE)));
      if (x2 <= 0 || y2 <= 0 || x1 >= this.width || y1 >= this.height) return;
      for (let row = clamp(y1, this.height); row <= clamp(y2, this.height); row += 1) {
        for (let column = clamp(x1, this.width); column <= clamp(x2, this.width); column += 1) this.tiles[row * columns + column].dirty = true;
      }
    },
    /** Lets `things` lie here instead of what did, in this order, and paints the tiles in which that makes a difference. */
    put(/** @type {Thing[]} */ things) {
      for (const box of differing(this.lying, things)) this.touch(box[0], box[1], box[2], box[3]);
      this.lying = new Map(things.map((thing) => [thing.key, thing]));
      const on = (/** @type {Tile} */ tile) => things.filter(({ boxes }) => boxes.some(([x1, y1, x2, y2]) => meets(tile, x1, y1, x2, y2)));
      this.paint(on, (/** @type {any} */ c, /** @type {Thing[]} */ found, /** @type {Tile} */ tile) => {
        c.translate(-tile.x, -tile.y);
        c.lineCap = "round";
        c.lineJoin = "round";
        for (const thing of found) thing.draw(c);
      });
    },
    /**
     * Paints the dirty tiles, of some stripes only when they are named: `thingsOn(tile)` are the things that lie on it, and
     * `draw(context, things, tile)` draws them, with the tile's corner at (0, 0).
     */
    paint(/** @type {(tile: Tile) => any[]} */ thingsOn, /** @type {(context: any, things: any[], tile: Tile) => void} */ draw, /** @type {Set<number>|null} */ stripes = null) {
      for (const tile of this.tiles) {
        if (!tile.dirty || (stripes && !stripes.has(tile.stripe))) continue;
        tile.dirty = false;
        const things = thingsOn(tile);
        const filled = things.length > 0;
        if (filled !== tile.filled) tile.canvas.style.display = filled ? "" : "none";
        tile.filled = filled;
        if (!filled) continue;
        this.pen.save();
        draw(this.pen, things, tile);
        this.pen.restore();
        tile.shown.transferFromImageBitmap(this.sheet.transferToImageBitmap());
        this.painted += 1;
      }
    },
  });
  const surface = new Surface({ pane, padding: 0.02 });
  surface.addTo(map);
  return surface;
}

/**
 * The boxes under which something looks different once `things` lie where `lying` did. @param {Map<string, Thing>} lying
 * @param {Thing[]} things @returns {number[][]}
 */
export function differing(lying, things) {
  const boxes = [];
  const kept = new Set();
  for (const thing of things) {
    const old = lying.get(thing.key);
    kept.add(thing.key);
    if (old?.look === thing.look) continue;
    if (old) boxes.push(...old.boxes);
    boxes.push(...thing.boxes);
  }
  for (const [key, old] of lying) if (!kept.has(key)) boxes.push(...old.boxes);
  return boxes;
}

/** Whether a box and a tile meet. @param {{x: number, y: number}} tile @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
export function meets(tile, x1, y1, x2, y2) {
  return x2 > tile.x && x1 < tile.x + TILE && y2 > tile.y && y1 < tile.y + TILE;
}

/** @param {HTMLElement} container @param {number} width @param {number} height @param {number} dpr @returns {Tile[]} */
function cut(container, width, height, dpr) {
  container.replaceChildren();
  const tiles = [];
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) {
      const canvas = document.createElement("canvas");
      const side = TILE / dpr;
      canvas.style.cssText = `display:none;position:absolute;left:${x / dpr}px;top:${y / dpr}px;width:${side}px;height:${side}px`;
      container.append(canvas);
      tiles.push({ x, y, canvas, shown: canvas.getContext("bitmaprenderer"), dirty: true, filled: false, stripe: Math.min(STRIPES - 1, Math.floor((STRIPES * x) / width)) });
    }
  }
  return tiles;
}
