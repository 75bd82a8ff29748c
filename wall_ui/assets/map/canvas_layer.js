// A Leaflet layer that is one picture in its own pane: sized in device pixels, moved and scaled with the map.
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
 * Adds a picture to `map` that is painted elsewhere: `paint(view)` is called after every move and zoom and on `redraw()`, and
 * resolves with a bitmap, or with null when it was asked again meanwhile. Until one comes, the one that is there
 * follows the map.
 * @param {any} map Leaflet map @param {string} pane its name @param {number} zIndex
 * @param {(view: View) => Promise<ImageBitmap|null>} paint @param {{padding?: number, opaque?: boolean}} [options] opaque: nothing below is to be seen
 */
export function addPicture(map, pane, zIndex, paint, { padding = 0, opaque = true } = {}) {
  const L = window.L;
  if (!map.getPane(pane)) map.createPane(pane);
  Object.assign(map.getPane(pane).style, { zIndex: String(zIndex), pointerEvents: "none" });
  // L.Renderer knows how a drawn surface follows the map through pans, pinches and animated zooms.
  const Surface = L.Renderer.extend({
    _initContainer() {
      this._container = document.createElement("canvas");
      this.shown = this._container.getContext("bitmaprenderer", { alpha: !opaque });
      this.latest = Promise.resolve();
      /** @type {{covers: any, zoom: number}|null} where the picture lies that is shown */
      this.lies = null;
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _update() {
      if (!this._map._animatingZoom) void this.redraw();
    },
    _reset() {
      this._update();
      this._onZoom();
    },
    _onZoom() {
      if (this._bounds) L.Renderer.prototype._onZoom.call(this);
    },
    _onAnimZoom(/** @type {any} */ event) {
      if (this._bounds) L.Renderer.prototype._onAnimZoom.call(this, event);
    },
    _updatePaths() {},
    /** Asks for a picture of what the map shows now; resolves when it is there, or a later one is asked for. */
    redraw() {
      const place = placeOf(this._map, padding);
      const view = viewOf(this._map, place.bounds.min, place.width, place.height);
      if (!view.width || !view.height) return this.latest;
      this.latest = paint(view).then((bitmap) => {
        if (bitmap && this._container) this.show(bitmap, place);
      });
      return this.latest;
    },
    show(/** @type {ImageBitmap} */ bitmap, /** @type {ReturnType<typeof placeOf>} */ place) {
      // A picture that comes in the middle of a zoom belongs to neither end of it; the end asks for its own.
      if (this._map._animatingZoom) return;
      Object.assign(this, { _bounds: place.bounds, _center: place.center, _zoom: place.zoom });
      const canvas = this._container;
      const size = place.bounds.getSize();
      Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
      if (place.origin.equals(this._map.getPixelOrigin()) && place.zoom === this._map.getZoom()) L.DomUtil.setPosition(canvas, place.bounds.min);
      else this._updateTransform(this._map.getCenter(), this._map.getZoom());
      this.shown.transferFromImageBitmap(bitmap);
      this.lies = { covers: coverOf(this._map, place), zoom: place.zoom };
      this.fire("shown");
    },
    /** Resolves when the newest picture that was asked for is shown. */
    async settled() {
      for (let seen = null; seen !== this.latest; ) {
        seen = this.latest;
        await seen;
      }
    },
  });
  const surface = new Surface({ pane, padding });
  surface.addTo(map);
  return surface;
}

/** What a picture covers: the map and a margin around it, and how the map stood. @param {any} map @param {number} padding */
function placeOf(map, padding) {
  const whole = map.getSize();
  const dpr = window.devicePixelRatio || 1;
  const min = map.containerPointToLayerPoint(whole.multiplyBy(-padding)).round();
  const bounds = window.L.bounds(min, min.add(whole.multiplyBy(1 + padding * 2)).round());
  const size = bounds.getSize();
  return {
    bounds, center: map.getCenter(), zoom: map.getZoom(), origin: map.getPixelOrigin(), width: Math.round(size.x * dpr), height: Math.round(size.y * dpr),
  };
}

/** Where on earth a picture lies. @param {any} map @param {ReturnType<typeof placeOf>} place */
function coverOf(map, { bounds, origin, zoom }) {
  const at = (/** @type {any} */ point) => map.unproject(point.add(origin), zoom);
  return window.L.latLngBounds(at(bounds.min), at(bounds.max));
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
