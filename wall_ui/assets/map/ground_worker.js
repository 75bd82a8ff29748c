// Paints the ground beside the page: at 4K without a graphics card one picture takes a quarter of a second and more, in which
// the page could show no new case. It has the layers, not the document: no style sheet, no element.
import { paintGround } from "./ground.js";
import { Layers } from "./layers.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {{no: number, view: View, palette: Record<string, string>, size: number, off: string[]}} Wish a picture that is asked for */

const layers = new Layers();
// The county gives all others their frame: they are fetched beside it and taken in after it.
let framed = Promise.resolve();
const api = /** @type {any} */ ({
  async get(/** @type {string} */ path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    const body = await answer.json();
    if (!path.endsWith("/county")) await framed;
    return body;
  },
});
const port = /** @type {any} */ (self);
/** @type {Wish|null} */
let wish = null;

port.onmessage = async ({ data }) => {
  if (data.load) {
    const load = layers.load(api, data.load);
    if (data.load === "county") framed = load;
    await load;
    port.postMessage({ loaded: data.load });
    return;
  }
  // Only the newest wish counts: while one picture is painted the map may have moved on twice.
  if (wish) port.postMessage({ no: wish.no, bitmap: null });
  else setTimeout(paint);
  wish = data;
};

function paint() {
  const { no, view, palette, size, off } = /** @type {Wish} */ (wish);
  wish = null;
  const sheet = new OffscreenCanvas(view.width, view.height);
  const c = /** @type {any} */ (sheet.getContext("2d", { alpha: false }));
  paintGround(c, view, { layers, palette, size, isOn: (layer) => !off.includes(layer) });
  const bitmap = sheet.transferToImageBitmap();
  port.postMessage({ no, bitmap }, [bitmap]);
}
