// The base map under the ground: tiles of our own origin, whoever made them; the server knows where they come from.

const PANE = "basemap";
// So many tiles fail before it is called away; one by itself is only a hole.
const FAILS = 3;

export class BaseMapLayer extends EventTarget {
  /** @param {import("./map.js").CountyMap} map */
  constructor(map) {
    super();
    this.map = map;
    /** @type {any[]} */
    this.known = [];
    /** @type {any|null} */
    this.shown = null;
    /** @type {any} */
    this.layer = null;
    this.away = false;
  }

  /** Fetches what there is. A server that has none gives an empty list. @param {import("../core/api.js").Api} api */
  async load(api) {
    this.known = (await api.get("/api/basemaps").catch(() => ({ basemaps: [] }))).basemaps ?? [];
    this.dispatchEvent(new Event("change"));
  }

  /** Shows one, or none. @param {string|null} id */
  show(id) {
    const wanted = this.known.find((one) => one.id === id && !one.problem) ?? null;
    if (wanted === this.shown) return;
    this.layer?.remove();
    this.layer = null;
    this.shown = wanted;
    this.away = false;
    if (wanted) this.#lay(wanted);
    this.map.layOver(Boolean(wanted));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {any} told */
  #lay(told) {
    const L = window.L;
    const { leaflet } = this.map;
    if (!leaflet.getPane(PANE)) leaflet.createPane(PANE);
    Object.assign(leaflet.getPane(PANE).style, { zIndex: "150", pointerEvents: "none" });
    const bounds = told.bounds ? L.latLngBounds([told.bounds[1], told.bounds[0]], [told.bounds[3], told.bounds[2]]).pad(0.02) : undefined;
    this.layer = L.tileLayer(told.href, {
      pane: PANE, bounds, minZoom: 0, maxZoom: 22, minNativeZoom: told.min_zoom, maxNativeZoom: told.max_zoom,
      detectRetina: false, zoomOffset: 0, updateWhenZooming: false, keepBuffer: 1, className: "basemap-tile", // the class of their container
    });
    let failed = 0;
    this.layer.on("tileload", () => {
      failed = 0;
      this.#say(false);
    });
    this.layer.on("tileerror", (/** @type {any} */ event) => void this.#missing(event.tile.src, told).then((missing) => {
      failed += missing ? 1 : 0;
      if (failed >= FAILS) this.#say(true);
    }));
    this.layer.addTo(leaflet);
  }

  /** Whether a tile that is not shown should have been there: an empty one answers 204. @param {string} src @param {any} told */
  async #missing(src, told) {
    if (this.shown !== told || this.away) return false;
    const answer = await fetch(src).catch(() => null);
    return answer === null || answer.status !== 204;
  }

  /** @param {boolean} away */
  #say(away) {
    if (away === this.away) return;
    this.away = away;
    this.dispatchEvent(new Event("change"));
  }

  destroy() {
    this.layer?.remove();
  }
}
