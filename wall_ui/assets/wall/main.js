// The wall: fills the places of pages/wall.py from the store, and lets the map frame what happens.
import { mountHeader } from "../core/header.js";
import { later } from "../core/later.js";
import { openCases } from "../core/selectors.js";
import { Framing, frameFor } from "../map/framing.js";
import { createMap } from "../map/map.js";
import { MapTools } from "../map/tools.js";
import { Duty } from "./duty.js";
import { Facts } from "./facts.js";
import { Figures } from "./figures.js";
import { drawLegend } from "./legend.js";
import { OpenCases } from "./open_cases.js";
import { Queue } from "./queue.js";
import { shownPlace } from "./sensitive.js";
import { Units } from "./units.js";
import { Warned } from "./warned.js";

/** CSS pixels to one unit of the wall: 1 at 1920 x 1080. */
export const unit = () => Math.min(innerWidth / 1920, innerHeight / 1080);

// What the panels cover, in units; the map frames its subject in what is left.
const INSET = { left: 408 + 22 + 16, right: 488 + 22 + 16, top: 98 + 20, bottom: 76 + 22 };

function inset() {
  const u = unit();
  return { left: INSET.left * u, right: INSET.right * u, top: INSET.top * u, bottom: INSET.bottom * u };
}

/** @param {HTMLElement} root @param {import("../core/app.js").App} app */
export async function mount(root, app) {
  const place = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-place="${name}"]`));
  const unmountHeader = mountHeader(root, app);
  /** @type {{draw: () => void, tick?: () => void, ready?: Promise<void>}[]} */
  const panels = [
    new OpenCases(place("open"), place("open-total"), app),
    new Units(place("units"), place("units-total"), app),
    new Figures(place("figures"), app),
    new Queue(place("queue"), place("queue-total"), app),
    new Facts(place("facts"), app),
    new Duty(place("duty"), app),
    new Warned(place("warned"), app),
  ];
  const redraw = () => {
    drawLegend(place("legend"), app);
    for (const panel of panels) panel.draw();
  };
  redraw();
  app.words.addEventListener("change", redraw);
  // A new case is on the map first; the lists beside it follow when that frame is out.
  const soon = later(() => panels.forEach((panel) => panel.draw()));
  const stop = app.store.subscribe(soon);
  // Clocks run between events too.
  const timer = setInterval(() => panels.forEach((panel) => panel.tick?.()), 1000);
  app.connect();

  const map = await createMap(app, "map", {
    size: unit, labelSize: 36, digits: 23, inset, placeOf: (record, middleOf) => shownPlace(record, app.words.groups, middleOf),
  });
  const framing = new Framing(map.leaflet, {
    choose: () => frameFor(openCases(app.store), (record) => map.placeOf(record), (id) => placeOf(app, id), app.clock.now(), map.data.degrees),
    inset,
    onLock: (locked) => place("resume").classList.toggle("hidden", !locked),
  });
  place("resume").addEventListener("click", () => framing.resume());
  const tools = new MapTools(app, map, { page: "wall", home: () => framing.resume(), took: () => framing.lock(), putAway: true, alone: true });
  window.wall = { app, map, framing, tools };
  void drawn(app, map, panels);
  return () => {
    clearInterval(timer);
    stop();
    soon.stop();
    app.words.removeEventListener("change", redraw);
    framing.destroy();
    tools.destroy();
    map.destroy();
    unmountHeader();
  };
}

/** @param {import("../core/app.js").App} app @param {string} id @returns {[number, number]|null} */
function placeOf(app, id) {
  const no = app.store.units.get(id)?.no;
  return no !== undefined && app.positions.known[no] ? [app.positions.lon[no], app.positions.lat[no]] : null;
}

/** Says on the root element that all is here and painted: fonts, layers, snapshot, positions, figures. */
async function drawn(/** @type {import("../core/app.js").App} */ app, /** @type {any} */ map, /** @type {any[]} */ panels) {
  const snapshot = new Promise((resolve) => {
    const stop = app.store.subscribe(() => resolve(queueMicrotask(() => stop())));
  });
  await Promise.all([map.complete, snapshot, document.fonts.ready, ...panels.map((panel) => panel.ready)]);
  for (const panel of panels) panel.draw();
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  document.documentElement.dataset.drawn = "true";
}
