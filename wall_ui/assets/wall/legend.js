// What the marks on the map mean: shapes by group, colours by priority, outlines by kind of unit.
import { el, mark } from "../core/dom.js";

const GROUPS = ["emergency", "safety", "dispute", "service"];

/** @param {HTMLElement} place @param {import("../core/app.js").App} app */
export function drawLegend(place, app) {
  const item = (/** @type {Node} */ sign, /** @type {string} */ word) => el("span", { class: "item" }, sign, app.t(word));
  place.replaceChildren(
    ...GROUPS.map((group) => item(mark(`case-${group}`), `group.${group}`)),
    el("i", { class: "cut" }),
    ...[1, 2, 3, 4].map((n) => item(el("i", { class: `swatch priority-${n}` }), `priority.${n}`)),
  );
}
