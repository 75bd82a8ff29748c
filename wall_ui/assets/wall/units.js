// Who is out: units by state, in the colours and shapes they have on the map, and by kind.
import { el, mark, syncRows, write } from "../core/dom.js";
import { unitsByState } from "../core/selectors.js";

const STATES = /** @type {const} */ (["available", "dispatched", "enroute", "on_scene"]);
const KINDS = /** @type {const} */ (["grid_officer", "patrol", "department", "mediation"]);

export class Units {
  /** @param {HTMLElement} place @param {HTMLElement} total @param {import("../core/app.js").App} app */
  constructor(place, total, app) {
    this.place = place;
    this.total = total;
    this.app = app;
    this.states = el("div", { class: "wall-states" });
    this.kinds = el("div", { class: "wall-kinds" });
    place.replaceChildren(this.states, this.kinds);
  }

  draw() {
    const { app } = this;
    const counts = unitsByState(app.store);
    write(this.total, STATES.reduce((sum, state) => sum + counts[state], 0));
    syncRows(this.states, [...STATES], (state) => state, makeRow, (row, state) => {
      write(row.querySelector(".name"), app.t(`unit_state.${state}`));
      write(row.querySelector("b"), counts[state]);
    });
    syncRows(this.kinds, [...KINDS], (kind) => kind, makeKind, (row, kind) => write(row.querySelector(".name"), app.t(`wall.kind_${kind}`)));
  }
}

/** @param {string} state */
function makeRow(state) {
  return el("div", { class: `wall-unit state-${state}` }, el("span", { class: `dot unit-${state}` }), el("span", { class: "name" }), el("b", { class: "digits" }));
}

/** What a shape on the map is. @param {string} kind */
function makeKind(kind) {
  const shape = el("span", { class: `kind kind-${kind}` }, mark(`unit-${kind}`));
  return el("div", { class: "wall-kind" }, shape, el("span", { class: "name" }));
}
