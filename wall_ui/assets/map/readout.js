// At the edge of the map: its scale, where the pointer is, and who made the base map.
import { el, write } from "../core/dom.js";
import { placeText, scaleBar, SYSTEMS } from "./geodesy.js";

const MOST_PX = 150; // units of the screen
const EQUATOR_M = 40_075_016.686;

export class Readout {
  /** @param {import("../core/app.js").App} app @param {import("./map.js").CountyMap} map @param {{system?: string, changed: () => void}} parts */
  constructor(app, map, { system = "wgs84", changed }) {
    this.app = app;
    this.map = map;
    this.system = SYSTEMS.find((one) => one === system) ?? "wgs84";
    this.changed = changed;
    /** @type {{lat: number, lng: number}|null} where the pointer is */
    this.last = null;
    this.bar = el("i", { class: "bar-line" });
    this.length = el("span", { class: "digits" });
    this.place = el("span", { class: "digits" });
    this.name = el("b", {});
    this.where = el("button", { class: "map-where hidden", onclick: () => this.next() }, this.name, this.place);
    this.credit = el("div", { class: "map-credit hidden" });
    this.element = el("div", { class: "map-readout" }, this.credit, this.where, el("div", { class: "map-scale" }, this.length, this.bar));
    this.onMove = (/** @type {any} */ event) => this.#soon(event.latlng);
    map.leaflet.on("mousemove", this.onMove);
    map.leaflet.on("zoomend moveend resize", this.draw, this);
    map.leaflet.on("mouseout", this.#leave, this);
    this.draw();
  }

  draw() {
    const { leaflet } = this.map;
    const lat = leaflet.getCenter().lat;
    const m_per_px = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** leaflet.getZoom());
    const { metres, px } = scaleBar(m_per_px, MOST_PX * this.map.size());
    write(this.length, metres >= 1000 ? `${metres / 1000} km` : `${metres} m`);
    this.bar.style.width = `${px.toFixed(1)}px`;
  }

  /** The next system of coordinates. */
  next() {
    this.system = SYSTEMS[(SYSTEMS.indexOf(this.system) + 1) % SYSTEMS.length];
    this.changed();
    if (this.last) this.#tell(this.last);
    else {
      const { lat, lng } = this.map.leaflet.getCenter();
      this.#tell({ lat, lng });
    }
  }

  /** Once a frame is enough. @param {{lat: number, lng: number}} place */
  #soon(place) {
    const waits = this.last !== null && this.waiting;
    this.last = place;
    if (waits) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.last) this.#tell(this.last);
    });
  }

  /** @param {{lat: number, lng: number}} place */
  #tell({ lat, lng }) {
    this.where.classList.remove("hidden");
    write(this.name, this.app.t(`map.system.${this.system}`));
    write(this.place, placeText([lng, lat], this.system));
  }

  #leave() {
    this.last = null;
    this.where.classList.add("hidden");
  }

  /** Says who made the base map, and that it is away. @param {string} text */
  attribute(text) {
    write(this.credit, text);
    this.credit.classList.toggle("hidden", !text);
  }

  destroy() {
    this.map.leaflet.off("mousemove", this.onMove);
    this.map.leaflet.off("zoomend moveend resize", this.draw, this);
    this.map.leaflet.off("mouseout", this.#leave, this);
  }
}
