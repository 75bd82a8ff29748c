// Who is out: units by state, in the colours and shapes they have on the map, and by kind.
import { el, mark, syncRows, write } from "../core/dom.js";
import { unitsByState } from "../core/selectors.js";

const STATES = /** @type {const} */ (["available", "dispatched", "enroute", "on_scene"]);

export class Units {
  /** @param {HTMLElement} place @param {HTMLElement} total @param {import("../core/app.js").App} app */
  constructor(place, total, app) {
    this.place = place;
    this.total = total;
    this.app = app;
  }

  draw() {
    const { app } = this;
    const counts = unitsByState(app.store);
    write(this.total, STATES.reduce((sum, state) => sum + counts[state], 0));
    syncRows(this.place, [...STATES], (state) => state, makeRow, (row, state) => {
      write(row.querySelector(".name"), app.t(`unit_state.${state}`));
      write(row.querySelector("b"), counts[state]);
    });
  }
}

/** @param {string} state */
function makeRow(state) {
  return el("div", { class: `wall-unit state-${state}` }, el("span", { class: `dot unit-${state}` }), el("span", { class: "name" }), el("b", { class: "digits" }));
}

/** A unit's shape by kind, for legends. @param {string} kind */
export function kindMark(kind) {
  return mark(`unit-${kind}`);
}
