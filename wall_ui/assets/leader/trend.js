// The last day as a drawing: received and closed per hour as bars, what is open as a line; a hand over it reads an hour.
import { hourMinute } from "../core/civil.js";
import { el, write } from "../core/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const PAD = { left: 34, right: 38, top: 14, bottom: 24 };

/** A round number at or above `n`, for the top of a scale with `steps` even steps. @param {number} n @param {number} [steps] */
export function roundTop(n, steps = 4) {
  const least = Math.max(steps, n);
  const unit = 10 ** Math.floor(Math.log10(least / steps));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * unit).find((k) => k * steps >= least && Number.isInteger(k)) ?? Math.ceil(least / steps);
  return step * steps;
}

/** @param {string} tag @param {Record<string, string|number>} attributes @param {string} [text] */
function shape(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

export class Trend {
  /** @param {HTMLElement} host @param {HTMLElement} legend @param {import("../core/app.js").App} app */
  constructor(host, legend, app) {
    this.host = host;
    this.legend = legend;
    this.app = app;
    /** @type {any[]} */
    this.rows = [];
    this.minutes = 60;
    this.svg = /** @type {SVGElement} */ (shape("svg", { role: "img" }));
    this.tip = el("div", { class: "tip hidden", role: "status" });
    host.replaceChildren(this.svg, this.tip);
    this.watch = new ResizeObserver(() => this.draw(this.rows, this.minutes));
    this.watch.observe(host);
    host.addEventListener("pointermove", (event) => this.#point(event));
    host.addEventListener("pointerdown", (event) => this.#point(event));
    host.addEventListener("pointerleave", () => this.tip.classList.add("hidden"));
  }

  stop() {
    this.watch.disconnect();
  }

  /** @param {any[]} rows of `course` @param {number} minutes of one bar */
  draw(rows, minutes) {
    this.rows = rows;
    this.minutes = minutes;
    this.#keys();
    const width = this.host.clientWidth;
    const height = this.host.clientHeight;
    if (!rows.length || width < 60 || height < 60) return;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("aria-label", this.app.t(`leader.trend.${minutes}`));
    const top = roundTop(Math.max(...rows.map((row) => Math.max(row.received, row.closed))));
    const topOpen = roundTop(Math.max(...rows.map((row) => row.open)));
    const plot = { left: PAD.left, right: width - PAD.right, top: PAD.top, bottom: height - PAD.bottom };
    const step = (plot.right - plot.left) / rows.length;
    const y = (/** @type {number} */ n, /** @type {number} */ of) => plot.bottom - (n / of) * (plot.bottom - plot.top);
    this.scale = { plot, step };
    this.svg.replaceChildren(this.#grid(plot, top, topOpen), ...this.#bars(rows, plot, step, (n) => y(n, top)), this.#line(rows, plot, step, (n) => y(n, topOpen)), ...this.#hours(rows, plot, step));
  }

  #keys() {
    const item = (/** @type {string} */ name) => el("span", { class: name }, el("i"), this.app.t(`leader.${name}`));
    this.legend.replaceChildren(item("received"), item("closed"), item("open"));
  }

  /** @param {any} plot @param {number} top @param {number} topOpen */
  #grid(plot, top, topOpen) {
    const group = shape("g", { class: "grid" });
    for (let i = 0; i <= 4; i += 1) {
      const at = plot.bottom - (i / 4) * (plot.bottom - plot.top);
      group.append(shape("line", { x1: plot.left, x2: plot.right, y1: at, y2: at }));
      group.append(shape("text", { x: plot.left - 7, y: at + 4, "text-anchor": "end" }, String((top * i) / 4)));
      group.append(shape("text", { x: plot.right + 7, y: at + 4, class: "open" }, String((topOpen * i) / 4)));
    }
    return group;
  }

  /** @param {any[]} rows @param {any} plot @param {number} step @param {(n: number) => number} y */
  #bars(rows, plot, step, y) {
    const wide = Math.max(2, step * 0.36);
    return rows.map((row, i) => {
      const group = shape("g", { class: "hour", "data-hour": i });
      const left = plot.left + i * step + step * 0.1;
      group.append(shape("rect", { class: "received", x: left, width: wide, y: y(row.received), height: Math.max(0, plot.bottom - y(row.received)), rx: 1.5 }));
      group.append(shape("rect", { class: "closed", x: left + wide + step * 0.05, width: wide, y: y(row.closed), height: Math.max(0, plot.bottom - y(row.closed)), rx: 1.5 }));
      return group;
    });
  }

  /** @param {any[]} rows @param {any} plot @param {number} step @param {(n: number) => number} y */
  #line(rows, plot, step, y) {
    const points = rows.map((row, i) => `${(plot.left + (i + 0.5) * step).toFixed(1)},${y(row.open).toFixed(1)}`);
    return shape("polyline", { class: "open", points: points.join(" ") });
  }

  /** @param {any[]} rows @param {any} plot @param {number} step */
  #hours(rows, plot, step) {
    // The hour alone under bars of an hour, hours and minutes under shorter ones; as many as fit.
    const whole = this.minutes === 60;
    const every = Math.ceil((whole ? 22 : 44) / step / 2) * 2 || 1;
    return rows.flatMap((row, i) => {
      if (Math.round(row.from_ms / 60_000 / this.minutes) % every) return [];
      const time = hourMinute(row.from_ms);
      return [shape("text", { class: "when", x: plot.left + i * step + step / 2, y: plot.bottom + 17, "text-anchor": "middle" }, whole ? String(Number(time.slice(0, 2))) : time)];
    });
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (!this.scale) return;
    const box = this.host.getBoundingClientRect();
    // The page may be drawn larger than its own pixels.
    const x = (event.clientX - box.left) * (this.host.clientWidth / box.width);
    const i = Math.floor((x - this.scale.plot.left) / this.scale.step);
    const row = this.rows[i];
    this.tip.classList.toggle("hidden", !row);
    if (!row) return;
    const { t } = this.app;
    write(this.tip, `${hourMinute(row.from_ms)}–${hourMinute(row.until_ms)}　${t("leader.received")} ${row.received}　${t("leader.closed")} ${row.closed}　${t("leader.open")} ${row.open}`);
    const half = this.tip.offsetWidth / 2;
    const at = this.scale.plot.left + (i + 0.5) * this.scale.step;
    this.tip.style.left = `${Math.min(this.host.clientWidth - half, Math.max(half, at))}px`;
  }
}
