// Paints the ground beside the page: at 4K without a graphics card one picture takes a quarter of a second and more, in which
// the page could show no new case. It has the layers, not the document: no style sheet, no element.
import { paintGround } from "./ground.js";
import { Layers } from "./layers.js";

/** @typedef {import("./canvas_layer.js").View} View */
/** @typedef {import("./ground_painter.js").Look & {no: number, view: View, below: boolean}} Wish a picture that is asked for */

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
/** The marks of icons.svg that are one path. @type {Map<string, Path2D>} */
const shapes = new Map();
const ready = Promise.all([readShapes(), loadFont()]).catch((error) => console.warn("marks of the ground", error));
/** The ground that is asked for, and the picture below it, which waits. @type {(Wish|null)[]} */
const wishes = [null, null];
let waking = false;

port.onmessage = async (/** @type {MessageEvent} */ { data }) => {
  if (data.renew) {
    // Fetched beside what is painted meanwhile, and taken over whole.
    const fresh = new Layers();
    framed = fresh.load(api, "county");
    await Promise.all([framed, fresh.loadRelief(api), ...data.renew.map((/** @type {string} */ name) => fresh.load(api, name))]);
    if (fresh.hasAllOf(layers)) layers.take(fresh);
    port.postMessage({ loaded: "renewed" });
    return;
  }
  if (data.load) {
    const load = data.load === "relief" ? layers.loadRelief(api) : layers.load(api, data.load);
    if (data.load === "county") framed = load;
    await Promise.all([load, ready]);
    port.postMessage({ loaded: data.load });
    return;
  }
  // Only the newest wish counts: while one picture is painted the map may have moved on twice.
  const place = data.below ? 1 : 0;
  const older = wishes[place];
  if (older) port.postMessage({ no: older.no, bitmap: null });
  wishes[place] = data;
  wake();
};

function wake() {
  if (waking || !wishes.some(Boolean)) return;
  waking = true;
  setTimeout(() => {
    waking = false;
    const place = wishes[0] ? 0 : 1;
    const wish = /** @type {Wish} */ (wishes[place]);
    wishes[place] = null;
    paint(wish);
    wake();
  });
}

/** @param {Wish} wish */
function paint({ no, view, off, ...look }) {
  const sheet = new OffscreenCanvas(view.width, view.height);
  const c = /** @type {any} */ (sheet.getContext("2d", { alpha: look.over }));
  paintGround(c, view, { ...look, layers, shapes, isOn: (layer) => !off.includes(layer) });
  const bitmap = sheet.transferToImageBitmap();
  port.postMessage({ no, bitmap }, [bitmap]);
}

/** A worker has no parser for SVG, and needs none for marks of one path. */
async function readShapes() {
  const sheet = await (await fetch("/assets/icons.svg")).text();
  for (const [, id, d] of sheet.matchAll(/<symbol id="([\w-]+)"[^>]*><path[^>]*? d="([^"]+)"/g)) shapes.set(id, new Path2D(d));
}

/** Nor has it the page's fonts: counts are written with the one for digits. */
async function loadFont() {
  port.fonts.add(await new FontFace("Wall Latin", "url(/assets/fonts/latin-600.woff2)", { weight: "600" }).load());
}
