// Open cases by the tier that holds them: how many, and how many of them are late.
import { el, syncRows, write } from "../core/dom.js";
import { countsByTier, turnover } from "../core/selectors.js";

const TIERS = /** @type {const} */ (["county", "township", "village"]);
const SHIFT_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The first moment of today in the county. @param {number} now_ms */
export function startOfDay(now_ms) {
  return Math.floor((now_ms + SHIFT_MS) / DAY_MS) * DAY_MS - SHIFT_MS;
}

export class OpenCases {
  /** @param {HTMLElement} place @param {HTMLElement} total @param {import("../core/app.js").App} app */
  constructor(place, total, app) {
    this.place = place;
    this.total = total;
    this.app = app;
    this.rows = el("div");
    this.received = { name: el("span"), count: el("b") };
    this.closed = { name: el("span"), count: el("b") };
    const figure = (/** @type {{name: Node, count: Node}} */ { name, count }) => el("span", {}, name, count);
    place.replaceChildren(this.rows, el("div", { class: "wall-turnover" }, figure(this.received), figure(this.closed)));
  }

  draw() {
    const { app } = this;
    const counts = countsByTier(app.store, app.clock.now());
    const most = Math.max(1, ...TIERS.map((tier) => counts[tier].open));
    write(this.total, TIERS.reduce((sum, tier) => sum + counts[tier].open, 0));
    syncRows(this.rows, [...TIERS], (tier) => tier, makeRow, (row, tier) => {
      const { open, late, soon } = counts[tier];
      const part = (/** @type {number} */ n) => `${(100 * n) / most}%`;
      write(row.querySelector(".name"), app.t(`tier.${tier}`));
      write(row.querySelector(".open"), open);
      const lateCount = row.querySelector(".late-count");
      write(lateCount, `${app.t("wall.late_short")}${late}`);
      lateCount?.classList.toggle("none", late === 0);
      width(row, ".late", part(late));
      width(row, ".soon", part(soon));
      width(row, ".in-time", part(open - late - soon));
    });
    const { received, closed } = turnover(app.store, startOfDay(app.clock.now()));
    write(this.received.name, app.t("wall.received_today"));
    write(this.received.count, received);
    write(this.closed.name, app.t("wall.closed_today"));
    write(this.closed.count, closed);
  }

  tick() {
    this.draw();
  }
}

function makeRow() {
  const bar = el("div", { class: "bar" }, el("i", { class: "late" }), el("i", { class: "soon" }), el("i", { class: "in-time" }));
  return el("div", { class: "wall-tier" }, el("span", { class: "name" }), bar, el("span", { class: "open digits" }), el("span", { class: "late-count digits" }));
}

/** @param {Element} row @param {string} selector @param {string} value */
function width(row, selector, value) {
  const bar = /** @type {HTMLElement|null} */ (row.querySelector(selector));
  if (bar && bar.style.width !== value) bar.style.width = value;
}
