// The page's side of the worker that paints the ground (ground_worker.js says why there is one).

/** @typedef {import("./canvas_layer.js").View} View */
/**
 * @typedef {object} Look how the ground is wanted
 * @property {Record<string, string>} palette @property {number} size @property {string[]} off @property {number} digits
 * @property {string|null} [own] the area of the desk, where it is a part of the county
 * @property {boolean} over a base map lies below @property {boolean} [bare] without the room around the county @property {import("./ground.js").Ground["chosen"]} chosen
 */

export class GroundPainter {
  constructor() {
    this.worker = new Worker(new URL("./ground_worker.js", import.meta.url), { type: "module" });
    this.no = 0;
    /** @type {Map<number, (bitmap: ImageBitmap|null) => void>} pictures that are asked for */
    this.asked = new Map();
    /** @type {Map<string, {done: Promise<void>, tell: () => void}>} */
    this.loads = new Map();
    this.worker.onmessage = ({ data }) => this.#hear(data);
    this.worker.onerror = (event) => console.error("the ground cannot be painted:", event.message);
  }

  /** Has the worker fetch a layer; once is enough. @param {string} name */
  load(name) {
    let load = this.loads.get(name);
    if (!load) {
      let tell = () => {};
      load = { done: new Promise((resolve) => (tell = () => resolve())), tell };
      this.loads.set(name, load);
      this.worker.postMessage({ load: name });
    }
    return load.done;
  }

  /** Has the worker fetch all layers anew. @param {string[]} names all but the county */
  renew(names) {
    this.loads.get("renewed")?.tell();
    let tell = () => {};
    const done = /** @type {Promise<void>} */ (new Promise((resolve) => (tell = () => resolve())));
    this.loads.set("renewed", { done, tell });
    this.worker.postMessage({ renew: names });
    return done;
  }

  /**
   * Resolves with the picture of a view, or with null when a later one was asked for meanwhile.
   * @param {View} view @param {Look} look @param {boolean} [below] it lies below the ground, which is painted first
   * @returns {Promise<ImageBitmap|null>}
   */
  paint(view, look, below = false) {
    this.no += 1;
    const { no } = this;
    this.worker.postMessage({ no, view, below, ...look });
    return new Promise((resolve) => this.asked.set(no, resolve));
  }

  /** @param {{loaded?: string, no: number, bitmap: ImageBitmap|null}} said */
  #hear(said) {
    if (said.loaded) {
      this.loads.get(said.loaded)?.tell();
      return;
    }
    this.asked.get(said.no)?.(said.bitmap);
    this.asked.delete(said.no);
  }

  close() {
    this.worker.terminate();
  }
}
