// A Leaflet layer that is one canvas in its own pane: sized in device pixels, moved and scaled with the map.
//
// What is seen is never a 2D canvas: without a graphics card Chromium copies every 2D canvas of a page, changed or not, at
// each frame that changes anything (measured at 4K: 83 ms a frame). We paint off screen and hand over a finished bitmap,
// which costs nothing until the next one.

/**
 * What a painter needs to place things: `x = (mercator · scale) − left`, all in device pixels of the canvas.
 * @typedef {object} View
 * @property {number} scale device pixels to the width of the world
 * @property {number} left @property {number} top
 * @property {number} width @property {number} height of the canvas
 * @property {number} dpr device pixels to a CSS pixel
 * @property {number} zoom
 */

/**
 * Adds a canvas to `map`. `paint(context, view)` is called after every move and zoom, and on `redraw()`.
 * @param {any} map Leaflet map @param {string} pane its name @param {number} zIndex
 * @param {(context: any, view: View) => void} paint @param {{padding?: number, opaque?: boolean}} [options]
 * opaque: the painter covers everything, so that nothing below needs to be blended
 */
export function addCanvas(map, pane, zIndex, paint, { padding = 0, opaque = false } = {}) {
  const L = window.L;
  if (!map.getPane(pane)) map.createPane(pane);
  Object.assign(map.getPane(pane).style, { zIndex: String(zIndex), pointerEvents: "none" });
  // L.Renderer knows how a drawn surface follows the map through pans, pinches and animated zooms.
  const Surface = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("canvas");
      this.shown = this._container.getContext("bitmaprenderer", { alpha: !opaque });
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const canvas = this._container;
      const size = this._bounds.getSize();
      const dpr = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.x * dpr), Math.round(size.y * dpr)];
      L.DomUtil.setPosition(canvas, this._bounds.min);
      Object.assign(this, { width, height });
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      this.redraw();
    },
    /** @returns {View} */
    view() {
      return viewOf(this._map, this._bounds.min, this.width, this.height);
    },
    redraw() {
      if (!this._container || !this._bounds || !this.width || !this.height) return;
      const sheet = new OffscreenCanvas(this.width, this.height);
      paint(sheet.getContext("2d", { alpha: !opaque }), this.view());
      this.shown.transferFromImageBitmap(sheet.transferToImageBitmap());
    },
    _updatePaths() {},
  });
  const surface = new Surface({ pane, padding });
  surface.addTo(map);
  return surface;
}

/** @param {any} map @param {{x: number, y: number}} corner layer point of the canvas's corner @param {number} width @param {number} height @returns {View} */
export function viewOf(map, corner, width, height) {
  const dpr = window.devicePixelRatio || 1;
  const zoom = map.getZoom();
  const origin = map.getPixelOrigin();
  return {
    scale: 256 * 2 ** zoom * dpr,
    left: (origin.x + corner.x) * dpr,
    top: (origin.y + corner.y) * dpr,
    width, height, dpr, zoom,
  };
}

/** Puts the context into local units (see geometry.js). @param {CanvasRenderingContext2D} c @param {View} view @param {import("./geometry.js").Origin} origin @param {number} units */
export function useLocal(c, view, origin, units) {
  const k = view.scale / units;
  c.setTransform(k, 0, 0, k, origin.x * view.scale - view.left, origin.y * view.scale - view.top);
  return 1 / k;
}
