// Looks for cases among all there ever were, by number or by words, and opens the one that is meant.
import { el } from "../core/dom.js";
import { dialogOf } from "./directory.js";
import { caseInWords } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

const DAY_MS = 86_400_000;
const COUNTY_AHEAD_MS = 8 * 3_600_000;
const PERIODS = /** @type {Record<string, number|null>} */ ({ any: null, month: 31, year: 366 });
const STATES = /** @type {Record<string, string>} */ ({ any: "", open: "open=true", overdue: "overdue=true", closed: "status=closed" });

/** What is asked of `GET /api/cases`. Pure. @param {{text: string, state: string, period: string, cursor?: string|null, meant?: Meant|null}} asked @param {number} now_ms */
export function queryOf({ text, state, period, cursor = null, meant = null }, now_ms) {
  const query = new URLSearchParams(STATES[state] ?? "");
  if (meant?.category) query.set("category", meant.category);
  if (meant?.area) query.set("area", meant.area);
  const said = meant ? meant.number ?? "" : text.trim();
  if (said) query.set("text", said);
  const days = PERIODS[period];
  if (days) query.set("from", new Date(now_ms - days * DAY_MS).toISOString());
  if (cursor) query.set("cursor", cursor);
  query.set("limit", "20");
  return query.toString();
}

/** @typedef {{category?: string, area?: string, number?: string}} Meant */

/**
 * What words mean beside what was said: a kind of case, a place, the end of a number as the queue shows it. Null where a word is
 * only a word. Pure.
 * @param {string} text @param {Record<string, string>} kinds category → word @param {Record<string, string>} areas code → name @param {number} now_ms
 * @returns {Meant|null}
 */
export function meantBy(text, kinds, areas, now_ms) {
  /** @type {Meant} */
  const meant = {};
  for (const word of text.trim().split(/\s+/)) {
    const kind = Object.keys(kinds).find((category) => kinds[category].toLowerCase() === word.toLowerCase());
    const area = areaOf(word, areas);
    if (/^\d{5}$/.test(word) && !meant.number) meant.number = `${dayOf(now_ms)}-${word}`;
    else if (kind && !meant.category) meant.category = kind;
    else if (area && !meant.area) meant.area = area;
    else return null;
  }
  return meant;
}

/** The widest area of this name, also where the last sign of it was left out. @param {string} word @param {Record<string, string>} areas */
function areaOf(word, areas) {
  const codes = Object.keys(areas).filter((code) => code.length <= 12 && /^\d+$/.test(code));
  const named = codes.filter((code) => areas[code] === word || (word.length > 1 && areas[code].length === word.length + 1 && areas[code].startsWith(word)));
  return named.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? "";
}

/** A day as case numbers begin with it, in the county's time. @param {number} now_ms */
function dayOf(now_ms) {
  return new Date(now_ms + COUNTY_AHEAD_MS).toISOString().slice(2, 10).replaceAll("-", "");
}

/** @param {App} app @param {string} prefix @param {string[]} names @param {() => void} change */
function choice(app, prefix, names, change) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { class: "input", onchange: change }));
  for (const name of names) select.append(el("option", { value: name }, app.t(`${prefix}.${name}`)));
  return select;
}

/** Opens the search. @param {App} app @param {string} words @param {(record: any) => void} pick */
export function openSearch(app, words, pick) {
  const { t } = app;
  const input = /** @type {HTMLInputElement} */ (el("input", { class: "input grow", placeholder: t("search.how"), autocomplete: "off", maxlength: "100" }));
  const rows = el("div", { class: "phone-rows" });
  const more = el("button", { class: "button small hidden", onclick: () => void look(true) }, t("search.more"));
  const state = choice(app, "search.state", Object.keys(STATES), () => void look());
  const period = choice(app, "search.period", Object.keys(PERIODS), () => void look());
  let cursor = /** @type {string|null} */ (null);
  let turn = 0;
  let meant = /** @type {Meant|null} */ (null);
  const kinds = Object.fromEntries(Object.keys(app.words.groups).map((category) => [category, t(`category.${category}`)]));
  const ask = (/** @type {boolean} */ onward) =>
    app.api.get(`/api/cases?${queryOf({ text: input.value, state: state.value, period: period.value, cursor: onward ? cursor : null, meant }, app.clock.now())}`);
  const look = async (onward = false) => {
    const mine = ++turn;
    if (!onward) meant = input.value.trim() ? meantBy(input.value, kinds, app.areas.names, app.clock.now()) : null;
    let page;
    try {
      page = await ask(onward);
      if (mine === turn && meant && !onward && !page.cases.length) {
        meant = null; // no such case: then it may be what somebody said
        page = await ask(onward);
      }
    } catch (error) {
      app.toast.fail(error);
      return;
    }
    if (mine !== turn) return; // somebody asked anew meanwhile
    if (!onward) rows.replaceChildren();
    rows.append(...page.cases.map((/** @type {any} */ record) => row(record, page.excerpts[record.id])));
    if (!rows.childElementCount) rows.append(el("p", { class: "muted" }, t("search.none")));
    cursor = page.next;
    more.classList.toggle("hidden", !cursor);
  };
  const row = (/** @type {any} */ record, /** @type {any} */ excerpt) =>
    el("button", { class: "row found-row", onclick: () => { dialog.close(); pick(record); } },
      el("b", { class: "digits" }, record.number), el("span", {}, caseInWords(app, record)), el("span", { class: "chip" }, t(`status.${record.status}`)),
      excerpt ? el("span", { class: "muted excerpt" }, `…${excerpt.text}…`) : null);
  input.value = words;
  input.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && void look());
  const dialog = dialogOf(t("search.title"), [el("div", { class: "dialog-body" }, el("div", { class: "search-line" }, input, state, period, el("button", { class: "button primary", onclick: () => void look() }, t("search.go"))), rows, more)], "directory");
  input.focus();
  if (words) void look();
}
