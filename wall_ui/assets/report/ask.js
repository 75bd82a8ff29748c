// How a report stands, by its code, and what its reporter may do: withdraw it, say that it is not fixed, rate it.
import { el, mark, write } from "../core/dom.js";

/** @typedef {import("./new.js").Door} Door */

const STARS = [1, 2, 3, 4, 5];
const OVER = new Set(["closed", "refused", "cancelled", "merged"]);

/** @param {HTMLElement} host @param {Door} door @param {string} [known] */
export function drawAsk(host, door, known = "") {
  const { words, api } = door;
  const t = words.t.bind(words);
  const code = /** @type {HTMLInputElement} */ (el("input", { id: "code", type: "text", maxlength: "20", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", placeholder: "ABCDE FGHJK", value: known }));
  const wrong = el("p", { class: "wrong", role: "alert" });
  const shown = el("div", { class: "shown" });
  const form = el("form", { class: "card", novalidate: true }, el("label", { for: "code" }, t("report.code")), code, wrong, el("button", { type: "submit", class: "do" }, t("report.ask")));

  async function look() {
    const given = code.value.replace(/[^0-9A-Za-z]/g, "");
    write(wrong, "");
    if (given.length < 6) {
      shown.replaceChildren();
      code.focus();
      return write(wrong, t("report.code_needed"));
    }
    await show(() => api.get(`/api/reports/${given}`), given);
  }

  /** @param {() => Promise<any>} call @param {string} given */
  async function show(call, given) {
    try {
      const told = await call();
      shown.replaceChildren(...state({ ...told, holder_name: await deskOf(told) }, given));
    } catch (error) {
      write(wrong, /** @type {any} */ (error).status === 404 ? t("report.code_unknown") : /** @type {any} */ (error).say?.(words) ?? String(error));
      wrong.scrollIntoView({ block: "nearest" });
    }
  }

  /** What the reader calls the desk that has it. @param {any} told @returns {Promise<string>} */
  async function deskOf(told) {
    const department = `department.${told.holder.split("/")[1]}`;
    if (words.lang === "zh" || !told.holder_name) return told.holder_name ?? told.holder;
    if (words.has(department)) return t(department);
    const towns = await api.get("/report/areas").catch(() => []);
    const all = towns.flatMap((/** @type {any} */ town) => [town, ...town.villages]);
    const county = /** @type {HTMLElement} */ (document.querySelector("[data-county-en]")).dataset.countyEn;
    return all.find((/** @type {any} */ one) => one.code === told.holder)?.name_en ?? (told.holder.length === 6 ? county : null) ?? told.holder_name;
  }

  /** @param {any} told @param {string} given @returns {HTMLElement[]} */
  function state(told, given) {
    const parts = [overview(told)];
    if (told.status === "refused") parts.push(refused(told));
    else if (told.answers.length) parts.push(el("article", { class: "card" }, el("h3", {}, t("report.reply")), ...told.answers.map((/** @type {string} */ one) => el("p", {}, one))));
    if (told.may.includes("rate")) parts.push(isItFixed(told, given));
    else if (told.may.includes("reopen")) parts.push(reason("reopen", given));
    if (told.may.includes("cancel")) parts.push(reason("cancel", given));
    return parts;
  }

  /** @param {any} told */
  function overview(told) {
    const steps = told.steps.map((/** @type {any} */ one) => el("li", {}, el("b", {}, t(`report.step.${one.step}`)), el("time", {}, moment(one.at))));
    const holder = OVER.has(told.status) ? null : el("p", {}, t("report.holder", { desk: told.holder_name }), told.telephone ? el("a", { class: "tel", href: `tel:${told.telephone}` }, mark("phone"), told.telephone) : null);
    const gone = (told.erased ?? []).map((/** @type {any} */ one) => el("p", { class: "muted erased" }, t(`report.erased.${one.what}`, { date: day(one.at), rule: words.lang === "en" ? one.name_en : one.name })));
    const rated = told.rating ? el("p", { class: "muted" }, t("report.rated", { n: told.rating })) : null;
    return el("article", { class: "card" }, el("h2", {}, t(`category.${told.category}`), el("span", { class: `badge is-${told.status}` }, t(`report.status.${told.status}`))), el("p", { class: "muted" }, t("report.number", { number: told.number })), el("ol", { class: "steps" }, ...steps), holder, rated, ...gone);
  }

  /** Who refused, why, and where to turn instead. @param {any} told */
  function refused(told) {
    const { refusal } = told;
    return el("article", { class: "card turn" }, el("h3", {}, t("report.refused_by", { desk: told.holder_name })), el("p", {}, refusal.reason ?? t("report.erased.reason")), el("h3", {}, t("report.turn_to")), el("p", {}, refusal.where_to_turn ?? t("report.turn_to_desk")), told.telephone ? el("a", { class: "tel", href: `tel:${told.telephone}` }, mark("phone"), told.telephone) : null);
  }

  /** Closed does not mean fixed: who reported says so. @param {any} told @param {string} given */
  function isItFixed(told, given) {
    const more = el("div", {});
    const yes = el("button", { type: "button", class: "do", onclick: () => more.replaceChildren(rating(given)) }, t("report.fixed_yes"));
    const no = el("button", { type: "button", class: "button wide", onclick: () => more.replaceChildren(told.may.includes("reopen") ? reason("reopen", given) : "") }, t("report.fixed_no"));
    return el("article", { class: "card ask-fixed" }, el("h3", {}, t("report.fixed")), el("div", { class: "pair" }, yes, no), more);
  }

  /** @param {string} given */
  function rating(given) {
    const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "2", maxlength: "1000", placeholder: t("report.rate_text"), "aria-label": t("report.rate_text") }));
    const rate = (/** @type {number} */ score) => void show(() => api.post(`/api/reports/${given}/rating`, { score, ...(text.value.trim() ? { text: text.value.trim() } : {}) }), given);
    return el("div", { class: "rate" }, el("p", {}, t("report.rate")), text, el("div", { class: "stars" }, ...STARS.map((score) => el("button", { type: "button", "aria-label": t("report.score", { n: score }), onclick: () => rate(score) }, mark("star"), el("span", {}, t(`report.score.${score}`))))));
  }

  /** @param {"reopen"|"cancel"} move @param {string} given */
  function reason(move, given) {
    const text = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "2", maxlength: "1000", placeholder: t(`report.${move}_why`), "aria-label": t(`report.${move}_why`) }));
    const send = el("button", { type: "submit", class: move === "cancel" ? "button wide" : "do" }, t(`report.${move}`));
    const box = el("form", { class: "card", novalidate: true }, el("h3", {}, t(`report.${move}_title`)), text, send);
    box.addEventListener("submit", (event) => {
      event.preventDefault();
      const why = text.value.trim();
      if (!why) return text.focus();
      void show(() => api.post(`/api/reports/${given}/${move}`, { reason: why }), given);
    });
    return box;
  }

  /** @param {string} at */
  function day(at) {
    return new Intl.DateTimeFormat(words.lang === "en" ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai", year: "numeric", month: "numeric", day: "numeric" }).format(new Date(at));
  }

  /** @param {string} at */
  function moment(at) {
    return new Intl.DateTimeFormat(words.lang === "en" ? "en-GB" : "zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date(at));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void look();
  });
  host.replaceChildren(form, shown);
  if (known) void look();
}
