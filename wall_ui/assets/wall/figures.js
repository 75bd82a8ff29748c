// How fast we are: the middle case and nine in ten, for three phases, over the last day; exact, from the server.
import { el, syncRows, write } from "../core/dom.js";

const PHASES = /** @type {const} */ (["alarm_handling", "response", "handling"]);
const POLL_MS = 30_000;
const RETRY_MS = 5_000;

/**
 * Seconds as one figure and its unit, short enough for a wall: 48 s, 9.3 min, 1.8 h, 2.4 d.
 * @param {number|null|undefined} s @param {import("../core/words.js").Words} words @returns {[string, string]}
 */
export function compact(s, words) {
  if (s === null || s === undefined || !Number.isFinite(s)) return ["–", ""];
  const steps = /** @type {const} */ ([[59.5, 1, "time.second"], [3600, 60, "wall.minute"], [86400, 3600, "time.hour"], [Infinity, 86400, "time.day"]]);
  const [, one, unit] = steps.find(([limit]) => s < limit) ?? steps[3];
  const value = s / one;
  return [one > 1 && value < 10 ? value.toFixed(1) : String(Math.round(value)), words.t(unit)];
}

export class Figures {
  /** @param {HTMLElement} place @param {import("../core/app.js").App} app */
  constructor(place, app) {
    this.place = place;
    this.app = app;
    /** @type {any} */
    this.total = null;
    this.half = el("span");
    this.nine = el("span");
    this.head = el("div", { class: "wall-figure head" }, this.half, this.nine);
    this.rows = el("div", { class: "rows" });
    place.replaceChildren(this.head, this.rows);
    this.ready = this.#poll();
  }

  async #poll() {
    let wait = POLL_MS;
    try {
      this.total = (await this.app.api.get("/api/figures/response?by=tier&hours=24")).total;
      this.draw();
    } catch (error) {
      console.warn("figures", error);
      wait = RETRY_MS;
    }
    setTimeout(() => this.place.isConnected && this.#poll(), wait);
  }

  draw() {
    const { words } = this.app;
    write(this.half, words.t("wall.half"));
    write(this.nine, words.t("wall.nine_in_ten"));
    syncRows(this.rows, [...PHASES], (phase) => phase, makeRow, (row, phase) => {
      const { p50_s = null, p90_s = null } = this.total?.[phase] ?? {};
      write(row.querySelector(".name"), words.t(`phase.${phase}`));
      figure(row.querySelector(".at-p50"), compact(p50_s, words));
      figure(row.querySelector(".at-p90"), compact(p90_s, words));
      // Each bar has its own whole, a quarter above nine in ten: what counts is how far the two lie apart.
      const whole = (p90_s ?? 0) * 1.25 || 1;
      /** @type {any} */ (row.querySelector(".p50")).style.width = `${(100 * (p50_s ?? 0)) / whole}%`;
      /** @type {any} */ (row.querySelector(".p90")).style.width = `${(100 * (p90_s ?? 0)) / whole}%`;
    });
  }
}

function makeRow() {
  return el(
    "div", { class: "wall-figure" }, el("span", { class: "name" }), el("b", { class: "at-p50 digits" }), el("b", { class: "at-p90 digits" }),
    el("div", { class: "track" }, el("i", { class: "p90" }), el("i", { class: "p50" })),
  );
}

/** @param {Element|null} element @param {[string, string]} value */
function figure(element, [digits, unit]) {
  if (!element || element.textContent === digits + unit) return;
  element.replaceChildren(digits, el("small", {}, unit));
}
