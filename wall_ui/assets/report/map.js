// A small map to point at a place: borders and roads around it, moved by a tap, nearer and farther by two buttons.
const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 360;
const HEIGHT = 260;
const METRES_PER_DEGREE = 111_320;
const NEAREST_M = 300;
const FARTHEST_M = 4000;

/** How a place lies on the drawing, and what lies under a point of it. @param {{lon: number, lat: number}} centre @param {number} radius_m */
export function projection(centre, radius_m) {
  const north = HEIGHT / 2 / radius_m * METRES_PER_DEGREE;
  const east = north * Math.cos((centre.lat * Math.PI) / 180);
  return {
    /** @param {number} lon @param {number} lat @returns {[number, number]} */
    at: (lon, lat) => [WIDTH / 2 + (lon - centre.lon) * east, HEIGHT / 2 - (lat - centre.lat) * north],
    /** @param {number} x @param {number} y */
    under: (x, y) => ({ lon: centre.lon + (x - WIDTH / 2) / east, lat: centre.lat - (y - HEIGHT / 2) / north }),
  };
}

/** @param {string} tag @param {Record<string, string|number>} attributes */
function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

export class SmallMap extends EventTarget {
  /** @param {import("../core/api.js").Api} api @param {SVGElement} svg */
  constructor(api, svg) {
    super();
    this.api = api;
    this.svg = svg;
    /** @type {{lon: number, lat: number}|null} */
    this.place = null;
    this.radius_m = 1200;
    this.around = /** @type {any} */ (null);
    this.asked = 0;
    svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    svg.addEventListener("click", (event) => this.#tap(/** @type {MouseEvent} */ (event)));
  }

  /** @param {{lon: number, lat: number}} place */
  async show(place) {
    this.place = place;
    this.around = null;
    this.#draw();
    const asked = ++this.asked;
    try {
      const around = await this.api.get(`/report/around?lon=${place.lon}&lat=${place.lat}&radius_m=${this.radius_m}`);
      if (asked === this.asked) this.around = around;
      this.#draw();
      return true;
    } catch (error) {
      if (asked === this.asked) this.dispatchEvent(new CustomEvent("lost", { detail: error }));
      return false;
    }
  }

  /** @param {number} times */
  zoom(times) {
    this.radius_m = Math.max(NEAREST_M, Math.min(FARTHEST_M, this.radius_m * times));
    if (this.place) void this.show(this.place);
  }

  /** @param {MouseEvent} event */
  #tap(event) {
    if (!this.place) return;
    const box = this.svg.getBoundingClientRect();
    const place = projection(this.place, this.radius_m).under(((event.clientX - box.left) / box.width) * WIDTH, ((event.clientY - box.top) / box.height) * HEIGHT);
    void this.show(place).then((inside) => inside && this.dispatchEvent(new CustomEvent("picked", { detail: place })));
  }

  #draw() {
    const { place, around, svg } = this;
    svg.replaceChildren();
    if (!place) return;
    const { at } = projection(place, this.radius_m);
    for (const name of ["grid", "village", "road"]) {
      const d = (around?.[name] ?? []).map((/** @type {number[][]} */ line) => `M${line.map(([lon, lat]) => at(lon, lat).map((n) => n.toFixed(1)).join(",")).join(" ")}`).join("");
      svg.append(shape("path", { class: name, d }));
    }
    const [x, y] = [WIDTH / 2, HEIGHT / 2];
    svg.append(shape("path", { class: "pin", d: `M${x},${y}c-8,-11 -12,-16 -12,-22a12,12 0 1 1 24,0c0,6 -4,11 -12,22z` }), shape("circle", { class: "hole", cx: x, cy: y - 22, r: 4.5 }));
  }
}
