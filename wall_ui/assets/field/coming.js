// In the demonstration: the case that somebody was asked to report, from the call until a unit is sent. Without it the phone
// would stay as empty as before for as long as the desk takes.
import { el, mark } from "../core/dom.js";

/** @typedef {import("./main.js").Phone} Phone */

const FORGOTTEN_MS = 30 * 60_000;
const WORKING = new Set(["dispatched", "acknowledged", "enroute", "on_scene"]);
const OVER = new Set(["resolved", "closed", "refused", "cancelled", "merged"]);

/**
 * How far a case is on its way to somebody: the word, what fills it, and whether there is nothing more to wait for.
 * @param {any} record @returns {{word: string, holder?: string, unit?: string, status?: string, settled: boolean}}
 */
export function progressOf(record) {
  const sent = (record.assignments ?? []).find((/** @type {any} */ one) => WORKING.has(one.state));
  if (OVER.has(record.status)) return { word: "over", status: record.status, settled: true };
  if (sent) return { word: "sent", unit: sent.unit_name, settled: true };
  if (record.offer) return { word: "offered", holder: record.offer.to, settled: false };
  return { word: record.status === "pending" ? "pending" : "accepted", holder: record.holder, settled: false };
}

/** The awaited case as a card's head, or null when none is awaited. @param {Phone} phone */
export function coming(phone) {
  const { t, memory, state } = phone;
  const given = memory.recall("given");
  if (!given) return null;
  const record = phone.store.cases.get(given.record.id) ?? given.record;
  const isMine = state.tasks.some((/** @type {any} */ task) => task.case.id === record.id);
  if (isMine || phone.clock.now() - given.at > FORGOTTEN_MS) {
    memory.keep("given", null);
    return null;
  }
  const { word, holder = "", unit, status, settled } = progressOf(record);
  const forget = () => {
    memory.keep("given", null);
    phone.draw();
  };
  return el("div", { class: `coming ${settled ? "settled" : ""}`, role: "status" },
    el("div", { class: `what priority-${record.priority}` }, mark(`case-${phone.words.groups[record.category] ?? "service"}`), el("div", {}, el("small", {}, t("field.coming")), el("b", {}, t(`category.${record.category}`)), el("small", {}, record.number)), el("span", { class: "since", dataset: { since: given.at } })),
    el("p", { class: "stage" }, settled ? mark("check") : el("i", { class: "dots", "aria-hidden": "true" }), t(`field.coming.${word}`, { desk: phone.areas.name(holder), unit, status: status ? t(`status.${status}`) : "" })),
    settled ? el("button", { type: "button", class: "button", onclick: forget }, t("field.dismiss")) : el("p", { class: "muted" }, t("field.coming_why")));
}
