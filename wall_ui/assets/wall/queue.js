// Clocks about to breach: the next few, what runs out, where, and how long is left, counting.
import { colourAt, partGone, remaining } from "../core/clock.js";
import { el, mark, syncRows, write } from "../core/dom.js";
import { byNextBreach } from "../core/selectors.js";

const SHOWN = 7;

export class Queue {
  /** @param {HTMLElement} place @param {HTMLElement} total @param {import("../core/app.js").App} app */
  constructor(place, total, app) {
    this.place = place;
    this.total = total;
    this.app = app;
    this.rows = el("div");
    this.empty = el("div", { class: "wall-empty hidden" });
    place.replaceChildren(this.rows, this.empty);
  }

  draw() {
    const { app } = this;
    const now = app.clock.now();
    const all = byNextBreach(app.store);
    const late = all.filter(({ clock }) => colourAt(clock, now) === "red").length;
    write(this.total, late ? app.t("wall.late_count", { n: late }) : "");
    this.total.classList.toggle("is-red", late > 0);
    write(this.empty, app.t("wall.next_none"));
    this.empty.classList.toggle("hidden", all.length > 0);
    syncRows(this.rows, pick(all, now), ({ record }) => record.id, ({ record }) => makeRow(record, app), (row, item) => this.#update(row, item, now));
  }

  /** @param {HTMLElement} row @param {{record: any, clock: any}} item @param {number} now */
  #update(row, { record, clock }, now) {
    const { app } = this;
    const colour = colourAt(clock, now);
    row.className = `wall-breach ${colour}`;
    write(row.querySelector(".where"), app.areas.at(record.area_code, "township").replace(/街道$/, "") || app.areas.place(record.area_code));
    const short = `wall.clock.${clock.target}`;
    write(row.querySelector(".what"), app.t(app.words.has(short) ? short : `clock.${clock.target}`));
    const shown = row.querySelector(".clock");
    write(shown, remaining(clock, now, app.words).text.replace("-", "+"));
    if (shown) shown.className = `clock ${colour}`;
    const gone = /** @type {HTMLElement} */ (row.querySelector(".gone"));
    gone.className = `gone ${colour}`;
    gone.style.transform = `scaleX(${partGone(clock, now).toFixed(3)})`;
  }

  tick() {
    this.draw();
  }
}

/**
 * What will breach next is what can still be helped: at most three that are late already stand above it, the newest late.
 * @param {{record: any, clock: any}[]} all sorted by due @param {number} now
 */
export function pick(all, now) {
  const late = all.filter(({ clock }) => Date.parse(clock.due_at) <= now);
  const coming = all.filter(({ clock }) => Date.parse(clock.due_at) > now);
  const kept = late.slice(-Math.max(3, SHOWN - coming.length));
  return [...kept, ...coming].slice(0, SHOWN);
}

/** @param {any} record @param {import("../core/app.js").App} app */
function makeRow(record, app) {
  const group = app.words.groups[record.category] ?? "service";
  return el(
    "div", { class: "wall-breach" }, mark(`case-${group}`, `priority-${record.priority}`), el("span", { class: "where" }),
    el("span", { class: "what" }), el("span", { class: "clock" }), el("i", { class: "gone" }),
  );
}
