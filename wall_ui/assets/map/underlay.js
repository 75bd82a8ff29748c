// A small picture of the whole county below the ground: what is seen where the map flies to until the ground is painted there.
// Without it a far flight ends in the dark, at 4K and on a busy machine for longer than a second.

/** @typedef {import("./ground_painter.js").Look} Look */

const PANE = "underlay";
const PART = 0.35; // of the size in which the county fills the screen: it is seen for moments, and mostly in motion
const MARGIN = 0.5; // of the county, to each side
// Whoever goes so many levels further out leaves the picture of the ground a speck.
const FAR_OUT = 2.5;
// Its outer part to each side: whose middle comes there, or beyond, sees past its edge.
const EDGE = 0.3;

export class Underlay {
  /** @param {any} map Leaflet map @param {import("./ground_painter.js").GroundPainter} painter */
  constructor(map, painter) {
    this.map = map;
    this.painter = painter;
    this.wanted = 0;
    /** @type {any} */
    this.layer = null;
    this.pane = map.createPane(PANE);
    Object.assign(this.pane.style, { zIndex: "140", pointerEvents: "none", display: "none" });
  }

  /**
   * Shows it where a move arrives far from what the ground shows, and hides it when the ground has caught up: between the
   * two it would only cost frames.
   * @param {{covers: any, zoom: number}|null} ground where its picture lies, and at which zoom @param {any} center @param {number} zoom
   */
  lift(ground, center, zoom) {
    const needed = ground !== null && (!ground.covers.pad(-EDGE).contains(center) || zoom < ground.zoom - FAR_OUT);
    this.pane.style.display = needed ? "" : "none";
  }

  /** Paints it anew when the ground has nothing to do. @param {[number, number, number, number]} box the county, in degrees @param {Look} look */
  async paint([west, south, east, north], look) {
    const { map } = this;
    this.wanted += 1;
    const { wanted } = this;
    const L = window.L;
    const county = L.latLngBounds([south, west], [north, east]);
    const bounds = county.pad(MARGIN);
    const zoom = map.getBoundsZoom(county) + Math.log2(PART);
    const dpr = window.devicePixelRatio || 1;
    const min = map.project(bounds.getNorthWest(), zoom).multiplyBy(dpr);
    const size = map.project(bounds.getSouthEast(), zoom).multiplyBy(dpr).subtract(min).round();
    if (!size.x || !size.y) return;
    const view = { scale: 256 * 2 ** zoom * dpr, left: min.x, top: min.y, width: size.x, height: size.y, dpr, zoom };
    const bitmap = await this.painter.paint(view, { ...look, size: look.size * PART, digits: look.digits * PART, bare: true }, true);
    if (bitmap && wanted === this.wanted) this.#show(bitmap, bounds);
  }

  /** @param {ImageBitmap} bitmap @param {any} bounds */
  #show(bitmap, bounds) {
    const canvas = document.createElement("canvas");
    const { width, height } = bitmap;
    Object.assign(canvas, { width, height });
    /** @type {ImageBitmapRenderingContext} */ (canvas.getContext("bitmaprenderer", { alpha: false })).transferFromImageBitmap(bitmap);
    this.layer?.remove();
    // Leaflet's overlay for an element of one's own; it asks nothing of it that only SVG has.
    this.layer = window.L.svgOverlay(canvas, bounds, { pane: PANE }).addTo(this.map);
  }

  /** Over a base map there is none. */
  remove() {
    this.wanted += 1;
    this.layer?.remove();
    this.layer = null;
  }
}
