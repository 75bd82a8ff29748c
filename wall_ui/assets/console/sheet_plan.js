// The response plan of a case at its alarm level: what is wanted, who is there, who should go, what lacks and why.
import { el, mark } from "../core/dom.js";
import { nameOfUnit } from "../core/units.js";

/** @typedef {import("../core/app.js").App} App */

/** The units that the plan would send, in its order. @param {any} plan @returns {string[]} */
export function picksOf(plan) {
  return (plan?.needs ?? []).flatMap((/** @type {any} */ need) => need.picks);
}

/**
 * @param {App} app @param {any} plan @param {{take: (units: string[]) => void, raise: (() => void)|null}} then
 * @returns {HTMLElement|null}
 */
export function buildPlan(app, plan, then) {
  if (!plan?.needs.length) return null;
  const picks = picksOf(plan);
  const name = (/** @type {string} */ id) => nameOfUnit(app, id);
  const raise = plan.level > 1 ? then.raise : null;
  return el("div", { class: "plan", dataset: { level: String(plan.level) } },
    el("div", { class: "plan-head" }, el("b", {}, app.t(`level.${plan.level}`)),
      picks.length ? el("button", { class: "button small", dataset: { plan: "take" }, onclick: () => then.take(picks) }, app.t("plan.take", { n: picks.length })) : null,
      raise ? el("button", { class: "button small danger", dataset: { plan: "raise" }, onclick: raise }, mark("up"), app.t("plan.raise", { level: app.t(`level.${plan.level - 1}`) })) : null),
    ...plan.needs.map((/** @type {any} */ need) => el("div", { class: "need", dataset: { lacking: String(need.lacking) } },
      el("span", {}, mark(`unit-${need.kind}`), ` ${app.t(`unit.${need.kind}`)} `, el("b", { class: "digits" }, `${need.here.length + need.picks.length}/${need.wanted}`)),
      el("span", { class: "muted" }, [...need.here.map(name), ...need.picks.map((/** @type {string} */ id) => `${name(id)}?`)].join(app.t("list.comma"))),
      need.lacking ? el("span", { class: "lack" }, mark("alarm"), app.words.lang === "en" ? need.reason_en : need.reason) : null)));
}
