// The townships as a table: sortable by every column, a bar in every cell that has a length to show.
import { el } from "../core/dom.js";
import { brief, PHASES } from "./figures.js";
import { span } from "./phases.js";

/** @typedef {import("../core/app.js").App} App */

/** @type {{key: string, label: string, value: (row: any) => number|string|null, first: 1|-1}[]} `first`: which way the first click sorts */
export const COLUMNS = [
  { key: "name", label: "leader.township", value: (row) => row.key, first: 1 },
  { key: "received", label: "leader.received", value: (row) => row.received, first: -1 },
  { key: "closed", label: "leader.closed", value: (row) => row.closed, first: -1 },
  { key: "open", label: "leader.open", value: (row) => row.open, first: -1 },
  { key: "overdue", label: "leader.overdue", value: (row) => row.overdue, first: -1 },
  { key: "rate", label: "leader.rate", value: (row) => row.completion_rate, first: 1 },
  ...PHASES.map((phase) => ({ key: phase, label: `leader.phase.${phase}`, value: (/** @type {any} */ row) => row[phase].p90_s, first: /** @type {-1} */ (-1) })),
];

/** Rows by a column; rows without a value always last. @param {any[]} rows @param {string} key @param {1|-1} way */
export function sortRows(rows, key, way) {
  const column = COLUMNS.find((one) => one.key === key) ?? COLUMNS[0];
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (x === null || y === null) return x === y ? (a.key < b.key ? -1 : 1) : x === null ? 1 : -1;
    if (x === y) return a.key < b.key ? -1 : 1;
    return (x < y ? -1 : 1) * way;
  });
}

export class Townships {
  /** @param {HTMLElement} host @param {App} app @param {(code: string) => void} pick */
  constructor(host, app, pick) {
    this.host = host;
    this.app = app;
    this.pick = pick;
    this.key = "overdue";
    /** @type {1|-1} */
    this.way = -1;
    this.picked = /** @type {string|null} */ (null);
  }

  /** @param {any[]} rows @param {any} total */
  draw(rows, total) {
    this.rows = rows;
    this.total = total;
    const tops = Object.fromEntries(PHASES.map((phase) => [phase, Math.max(1, ...rows.map((row) => row[phase].p90_s ?? 0))]));
    const head = el("tr", {}, ...COLUMNS.map((column) => this.#heading(column)));
    const body = sortRows(rows, this.key, this.way).map((row) => this.#row(row, tops));
    const foot = el("tr", {}, ...this.#cells({ ...total, name: this.app.t("leader.whole") }, tops));
    const left = this.host.scrollLeft;
    this.host.replaceChildren(el("table", { class: "table" }, el("thead", {}, head), el("tbody", {}, ...body), el("tfoot", {}, foot)));
    this.host.scrollLeft = left;
  }

  /** @param {typeof COLUMNS[number]} column */
  #heading(column) {
    const on = this.key === column.key;
    const sort = () => {
      this.way = on ? /** @type {1|-1} */ (-this.way) : column.first;
      this.key = column.key;
      this.draw(this.rows ?? [], this.total);
    };
    const label = this.app.t(column.label);
    const button = el("button", { type: "button", onclick: sort, "aria-label": this.app.t("leader.sorted_by", { column: label }) }, label, el("i", {}, on ? (this.way > 0 ? "▲" : "▼") : ""));
    return el("th", { class: `at-${column.key}`, scope: "col", "aria-sort": on ? (this.way > 0 ? "ascending" : "descending") : "none" }, button);
  }

  /** @param {any} row @param {Record<string, number>} tops */
  #row(row, tops) {
    const line = el("tr", { class: `pick ${row.key === this.picked ? "picked" : ""}`, tabindex: "0", onclick: () => this.pick(row.key) }, ...this.#cells(row, tops));
    line.addEventListener("keydown", (event) => event.key === "Enter" && this.pick(row.key));
    return line;
  }

  /** @param {any} row @param {Record<string, number>} tops */
  #cells(row, tops) {
    const { t } = this.app;
    const rate = row.completion_rate;
    const number = (/** @type {string} */ key, css = "") => el("td", { class: `number digits ${css}` }, row[key]);
    const percent = rate === null ? t("leader.none") : `${Math.round(rate * 100)}%`;
    const rateBar = el("span", { class: "bar" }, el("i", { style: `width:${Math.round((rate ?? 0) * 100)}%` }));
    return [
      el("td", { class: "name" }, row.name, row.beside ? el("small", { class: "muted beside" }, row.beside) : null),
      number("received"),
      number("closed"),
      number("open"),
      number("overdue", row.overdue ? "is-red" : "none"),
      el("td", { class: "rate" }, rateBar, el("span", { class: "digits" }, percent)),
      ...PHASES.map((phase) => phaseCell(row[phase], tops[phase], t)),
    ];
  }
}

/** @param {any} figure @param {number} top @param {(key: string) => string} t */
function phaseCell(figure, top, t) {
  if (!figure.n) return el("td", { class: "time none" }, t("leader.none"));
  return el("td", { class: "time" }, el("span", { class: "digits" }, brief(figure.p50_s, t), el("small", {}, ` / ${brief(figure.p90_s, t)}`)), span(figure, top));
}
