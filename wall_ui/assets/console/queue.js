// The queue: rows of open cases, what breaches next first; rows stay the same elements, so that nothing flickers.
import { remaining } from "../core/clock.js";
import { el, mark, syncRows, write } from "../core/dom.js";
import { tierOf } from "../core/areas.js";
import { WORKING } from "./moves.js";
import { ASKED } from "./order.js";
import { deskName, markOf } from "./tell.js";

/** @typedef {import("./order.js").Row} Row */

/** @param {import("../core/app.js").App} app @param {(id: string) => void} pick @returns {HTMLElement} */
function makeRow(app, pick) {
  const row = el(
    "li",
    { class: "case-row", role: "option", tabindex: -1 },
    el("i", { class: "case-bar" }),
    el("div", { class: "case-mark" }),
    el("div", { class: "case-what" }, el("div", { class: "case-line1" }, el("b", { class: "name" }), el("span", { class: "number digits" })), el("div", { class: "case-line2" }, el("span", { class: "place" }), el("span", { class: "holder" }), el("span", { class: "offer" }))),
    el("div", { class: "case-side" }, el("div", { class: "case-time digits" }, el("span", { class: "left" }), el("i", { class: "ring" })), el("div", { class: "case-side2" }, el("span", { class: "units" }), el("span", { class: "target" }))),
  );
  row.addEventListener("click", () => pick(/** @type {string} */ (row.dataset.key)));
  return row;
}

/** @param {HTMLElement} row @param {string} selector */
const part = (row, selector) => /** @type {HTMLElement} */ (row.querySelector(selector));

/** @param {import("../core/app.js").App} app @param {HTMLElement} row @param {Row} item @param {string|null} selected */
function updateRow(app, row, { record, clock, relation }, selected) {
  row.setAttribute("aria-selected", String(record.id === selected));
  row.dataset.priority = record.priority;
  row.dataset.relation = relation;
  row.dataset.status = record.status;
  row.dataset.number = record.number;
  const sign = markOf(app, record);
  const place = part(row, ".case-mark");
  if (place.dataset.sign !== `${sign}${record.priority}`) {
    place.dataset.sign = `${sign}${record.priority}`;
    place.replaceChildren(mark(sign, `priority-${record.priority}`));
    place.title = app.t(`priority.${record.priority}`);
  }
  write(part(row, ".name"), app.t(`category.${record.category}`));
  write(part(row, ".number"), record.number.slice(-5));
  write(part(row, ".place"), app.areas.place(record.area_code, true));
  const holder = part(row, ".holder");
  holder.className = `holder tier-${tierOf(record.holder)}`;
  write(holder, deskName(app, record.holder));
  write(part(row, ".offer"), ASKED.has(relation) ? app.t(`queue.asked.${relation}`) : record.offer ? `→ ${deskName(app, record.offer.to)}` : "");
  const sent = record.assignments.filter((/** @type {any} */ one) => WORKING.has(one.state));
  const there = sent.some((/** @type {any} */ one) => one.state === "on_scene");
  write(part(row, ".units"), sent.length ? `${app.t(there ? "queue.on_scene" : "queue.sent")} ${sent.length}` : "");
  part(row, ".units").dataset.there = String(there);
  write(part(row, ".target"), clock ? app.t(`clock.${clock.target}`) : app.t(`status.${record.status}`));
  row.classList.toggle("supervised", Boolean(record.supervision && !record.supervision.answered_at));
  paintRow(app, row, clock, app.clock.now());
}

/** @param {import("../core/app.js").App} app @param {HTMLElement} row @param {import("../core/clock.js").CaseClock|null} clock @param {number} now_ms */
function paintRow(app, row, clock, now_ms) {
  const time = part(row, ".left");
  const ring = part(row, ".ring");
  if (!clock) {
    row.dataset.colour = "none";
    write(time, "");
    return;
  }
  const { left_s, text } = remaining(clock, now_ms, app.words);
  const from = Date.parse(clock.started_at);
  const gone = Math.min(1, Math.max(0, (now_ms - from) / Math.max(1, Date.parse(clock.due_at) - from)));
  const colour = left_s <= 0 ? "red" : now_ms >= Date.parse(clock.amber_at) ? "amber" : "green";
  row.dataset.colour = colour;
  write(time, text.replace("-", "+"));
  ring.className = `ring ${colour}`;
  ring.style.setProperty("--part", gone.toFixed(3));
}

export class Queue {
  /** @param {import("../core/app.js").App} app @param {HTMLElement} host @param {(id: string) => void} pick @param {string} [empty] word for nothing to show */
  constructor(app, host, pick, empty = "queue.none") {
    this.app = app;
    this.pick = pick;
    this.empty = empty;
    /** @type {Row[]} */
    this.rows = [];
    this.list = el("ul", { class: "rows case-rows", role: "listbox" });
    this.nothing = el("div", { class: "queue-none muted hidden" });
    host.append(this.list, this.nothing);
  }

  /** @param {Row[]} rows @param {string|null} selected */
  show(rows, selected) {
    const known = new Set(this.rows.map((row) => row.record.id));
    const first = this.rows.length === 0;
    this.rows = rows;
    // Rows that change places must not carry the reader with them.
    const scroller = this.list.closest("[data-place]") ?? this.list;
    const { scrollTop } = scroller;
    syncRows(this.list, rows, (item) => item.record.id, () => makeRow(this.app, this.pick), (row, item) => {
      updateRow(this.app, row, item, selected);
      if (!first && !known.has(item.record.id)) this.#greet(row);
    });
    if (scroller.scrollTop !== scrollTop) scroller.scrollTop = scrollTop;
    this.nothing.classList.toggle("hidden", rows.length > 0);
    write(this.nothing, this.app.t(this.empty));
  }

  /** @param {HTMLElement} row */
  #greet(row) {
    if (row.getAttribute("aria-selected") === "true") row.scrollIntoView({ block: "nearest" });
    row.classList.remove("fresh");
    requestAnimationFrame(() => row.classList.add("fresh"));
  }

  /** Repaints what time alone changes. */
  tick() {
    const now_ms = this.app.clock.now();
    const elements = this.list.children;
    this.rows.forEach((item, i) => {
      if (elements[i]) paintRow(this.app, /** @type {HTMLElement} */ (elements[i]), item.clock, now_ms);
    });
  }

  /** @param {string|null} id */
  select(id) {
    for (const row of this.list.children) {
      const on = /** @type {HTMLElement} */ (row).dataset.key === id;
      row.setAttribute("aria-selected", String(on));
      if (on) row.scrollIntoView({ block: "nearest" });
    }
  }
}
