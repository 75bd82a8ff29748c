// How long each phase takes: the county large, each tier as a bar from P50 to P90.
import { el } from "../core/dom.js";
import { brief, PHASES } from "./figures.js";

/** @param {HTMLElement} host @param {any} figures answer of /api/figures/response?by=tier @param {import("../core/app.js").App} app */
export function drawPhases(host, figures, app) {
  if (!figures) return host.replaceChildren(el("p", { class: "muted" }, app.t("leader.reading")));
  host.replaceChildren(...PHASES.map((phase) => block(phase, figures, app)));
}

/** @param {string} phase @param {any} figures @param {import("../core/app.js").App} app */
function block(phase, figures, app) {
  const { t } = app;
  const whole = figures.total[phase];
  const rows = figures.rows.filter((/** @type {any} */ row) => row[phase].n > 0);
  const top = Math.max(1, whole.p90_s ?? 0, ...rows.map((/** @type {any} */ row) => row[phase].p90_s ?? 0));
  const head = el("div", { class: "whole" }, el("b", { class: "digits" }, brief(whole.p50_s, t)), el("span", { class: "digits" }, ` / ${brief(whole.p90_s, t)}`), el("small", {}, t("leader.counted", { n: whole.n })));
  return el(
    "article",
    { class: "phase" },
    el("div", { class: "phase-head" }, el("h3", {}, t(`leader.phase.${phase}`)), head),
    ...rows.map((/** @type {any} */ row) => tier(row, row[phase], top, app)),
  );
}

/** @param {any} row @param {any} figure @param {number} top @param {import("../core/app.js").App} app */
function tier(row, figure, top, app) {
  const key = `leader.tier.${row.key}`;
  const name = app.words.has(key) ? app.t(key) : row.name;
  const said = `${brief(figure.p50_s, app.t)} / ${brief(figure.p90_s, app.t)}`;
  return el("div", { class: "tier" }, el("span", {}, name), span(figure, top), el("span", { class: "digits said" }, said));
}

/** A bar from P50 to P90 on a scale up to `top`. @param {any} figure @param {number} top */
export function span(figure, top) {
  const from = ((figure.p50_s ?? 0) / top) * 100;
  const to = ((figure.p90_s ?? 0) / top) * 100;
  return el("span", { class: "span", "aria-hidden": "true" }, el("i", { class: "reach", style: `left:${from.toFixed(1)}%;width:${Math.max(1, to - from).toFixed(1)}%` }), el("i", { class: "half", style: `left:${from.toFixed(1)}%` }));
}
