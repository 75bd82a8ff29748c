// The steps of a task's procedure, ticked off at a touch; they need the network, and say so without one.
import { el, mark } from "../core/dom.js";
import { openSheet } from "./sheet.js";

/** @param {any} record @param {import("./main.js").Phone} phone */
export async function openSteps(record, phone) {
  const { t, words, api } = phone;
  const english = words.lang === "en";
  const list = el("ol", { class: "ticks" }, el("li", {}, t("app.loading")));
  const { sheet } = openSheet({ title: t("steps.title"), close: t("app.close") }, list);
  /** @param {() => Promise<any>} call */
  async function show(call) {
    try {
      const answer = await call();
      list.replaceChildren(...answer.procedure.steps.map((/** @type {any} */ step) => row(step, answer.may_tick)));
    } catch (error) {
      list.replaceChildren(el("li", { class: "wrong" }, /** @type {any} */ (error).say?.(words) ?? String(error)));
    }
  }
  /** @param {any} step @param {boolean} mayTick */
  function row(step, mayTick) {
    const tick = () => void show(() => api.post(`/api/cases/${record.id}/steps`, { step: step.key, done: !step.tick }));
    const must = step.required && !step.tick ? el("small", {}, t("steps.must")) : null;
    return el("li", {}, el("button", { type: "button", class: step.tick ? "tick done" : "tick", "aria-pressed": String(Boolean(step.tick)), disabled: !mayTick, onclick: tick }, el("i", {}, step.tick ? mark("check") : ""), el("span", {}, english ? step.text_en : step.text, " ", must)));
  }
  await show(() => api.get(`/api/cases/${record.id}/procedure`));
  return sheet;
}
