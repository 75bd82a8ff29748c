// A Leaflet layer that is one canvas in its own pane: sized in device pixels, moved and scaled with the map.

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
 * @param {(context: CanvasRenderingContext2D, view: View) => void} paint @param {{padding?: number}} [options]
 */
export function addCanvas(map, pane, zIndex, paint, { padding = 0 } = {}) {
  const L = window.L;
  if (!map.getPane(pane)) map.createPane(pane);
  Object.assign(map.getPane(pane).style, { zIndex: String(zIndex), pointerEvents: "none" });
  // L.Renderer knows how a drawn surface follows the map through pans, pinches and animated zooms.
  const Surface = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("canvas");
      this.context = this._container.getContext("2d");
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
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      this.redraw();
    },
    /** @returns {View} */
    view() {
      return viewOf(this._map, this._bounds.min, this._container.width, this._container.height);
    },
    redraw() {
      if (!this._container || !this._bounds) return;
      this.context.setTransform(1, 0, 0, 1, 0, 0);
      this.context.clearRect(0, 0, this._container.width, this._container.height);
      paint(this.context, this.view());
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
