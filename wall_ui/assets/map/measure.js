// Measuring a way or an area by clicks. Each click adds a corner, Backspace takes the last one back, Enter or a double
// click ends it, Escape leaves. (dl.MeasureControl would need unsafe-eval.)
import { el, write } from "../core/dom.js";
import { areaText, area_m2, lengthText, length_m } from "./geodesy.js";

/** @typedef {"length"|"area"} Mode */
/** @typedef {[number, number]} Place */

const PANE = "measure";

/** What is told of some corners. @param {Mode} mode @param {Place[]} corners */
export function told(mode, corners) {
  if (mode === "length") return lengthText(length_m(corners));
  const around = corners.length > 2 ? length_m([...corners, corners[0]]) : length_m(corners);
  return `${areaText(area_m2(corners))} · ${lengthText(around)}`;
}

export class Measure {
  /** @param {import("../core/app.js").App} app @param {import("./map.js").CountyMap} map @param {() => void} changed */
  constructor(app, map, changed) {
    this.app = app;
    this.map = map;
    this.changed = changed;
    /** @type {Mode|null} */
    this.mode = null;
    /** @type {Place[]} */
    this.corners = [];
    /** @type {any} Leaflet's own drawing, made once */
    this.renderer = null;
    /** @type {Place|null} where the pointer is while more corners may come */
    this.loose = null;
    this.value = el("b", { class: "digits" });
    this.how = el("span", { class: "muted" });
    this.element = el("div", { class: "map-measure hidden", role: "status" }, this.value, this.how,
      el("button", { class: "map-close", "data-w-aria-label": "map.close", onclick: () => this.stop() }, "×"));
    this.onClick = (/** @type {any} */ event) => this.#add([event.latlng.lng, event.latlng.lat]);
    this.onMove = (/** @type {any} */ event) => {
      this.loose = [event.latlng.lng, event.latlng.lat];
      this.#soon();
    };
  }

  get active() {
    return this.mode !== null;
  }

  /** @param {Mode} mode */
  start(mode) {
    const { leaflet } = this.map;
    this.stop();
    this.mode = mode;
    this.map.busy = true;
    this.ended = false;
    if (!leaflet.getPane(PANE)) leaflet.createPane(PANE);
    Object.assign(leaflet.getPane(PANE).style, { zIndex: "470", pointerEvents: "none" });
    this.renderer ??= window.L.svg({ pane: PANE, padding: 0.5 });
    this.group = window.L.layerGroup().addTo(leaflet);
    leaflet.on("click", this.onClick);
    leaflet.on("mousemove", this.onMove);
    leaflet.getContainer().classList.add("measuring");
    this.element.classList.remove("hidden");
    this.#draw();
    this.changed();
  }

  stop() {
    if (!this.mode) return;
    const { leaflet } = this.map;
    this.#settle();
    this.group.remove();
    Object.assign(this, { mode: null, corners: [], loose: null });
    this.map.busy = false;
    this.element.classList.add("hidden");
    this.changed();
    leaflet.off("click", this.onClick);
  }

  /** No more corners; the figure stays until it is closed. */
  #settle() {
    const { leaflet } = this.map;
    this.ended = true;
    this.loose = null;
    leaflet.off("mousemove", this.onMove);
    leaflet.getContainer().classList.remove("measuring");
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for it */
  key(event) {
    if (!this.mode) return false;
    if (event.key === "Escape") this.stop();
    else if (event.key === "Enter") this.#finish();
    else if (event.key === "Backspace" && !this.ended) {
      this.corners.pop();
      this.#draw();
    } else return false;
    return true;
  }

  #finish() {
    this.#settle();
    this.#draw();
  }

  /** @param {Place} place */
  #add(place) {
    if (this.ended) {
      this.corners = [];
      this.start(/** @type {Mode} */ (this.mode));
    }
    const last = this.corners.at(-1);
    const { leaflet } = this.map;
    const at = (/** @type {Place} */ [lon, lat]) => leaflet.latLngToContainerPoint([lat, lon]);
    // The second click of a double click falls on the first: it ends the figure.
    if (last && at(last).distanceTo(at(place)) < 4 * this.map.size()) this.#finish();
    else {
      this.corners.push(place);
      this.#draw();
    }
  }

  #soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.mode) this.#draw();
    });
  }

  #draw() {
    const L = window.L;
    const mode = /** @type {Mode} */ (this.mode);
    const size = this.map.size();
    const { accent } = this.map.palette;
    const corners = this.loose && this.corners.length ? [...this.corners, this.loose] : this.corners;
    const line = corners.map(([lon, lat]) => [lat, lon]);
    const common = { pane: PANE, renderer: this.renderer, interactive: false };
    this.group.clearLayers();
    if (line.length > 1) {
      const Shape = mode === "area" && line.length > 2 ? L.polygon : L.polyline;
      Shape(line, { ...common, color: "#04101c", opacity: 0.85, weight: 6 * size, fill: false }).addTo(this.group);
      Shape(line, { ...common, color: accent, weight: 2.6 * size, fill: mode === "area" && line.length > 2, fillColor: accent, fillOpacity: 0.16 }).addTo(this.group);
    }
    for (const [lon, lat] of this.corners) L.circleMarker([lat, lon], { ...common, radius: 4.5 * size, color: accent, weight: 2 * size, fillColor: "#04101c", fillOpacity: 1 }).addTo(this.group);
    write(this.value, corners.length > 1 ? told(mode, corners) : this.app.t(`map.measure.${mode}`));
    write(this.how, this.app.t(this.ended ? "map.measure.ended" : corners.length ? "map.measure.on" : "map.measure.begin"));
  }

  destroy() {
    this.stop();
  }
}
