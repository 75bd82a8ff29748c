// Looks for cases among all there ever were, by number or by words, and opens the one that is meant.
import { el } from "../core/dom.js";
import { dialogOf } from "./directory.js";
import { caseInWords } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

const DAY_MS = 86_400_000;
const PERIODS = /** @type {Record<string, number|null>} */ ({ any: null, month: 31, year: 366 });
const STATES = /** @type {Record<string, string>} */ ({ any: "", open: "open=true", overdue: "overdue=true", closed: "status=closed" });

/** What is asked of `GET /api/cases`. Pure. @param {{text: string, state: string, period: string, cursor?: string|null}} asked @param {number} now_ms */
export function queryOf({ text, state, period, cursor = null }, now_ms) {
  const query = new URLSearchParams(STATES[state] ?? "");
  if (text.trim()) query.set("text", text.trim());
  const days = PERIODS[period];
  if (days) query.set("from", new Date(now_ms - days * DAY_MS).toISOString());
  if (cursor) query.set("cursor", cursor);
  query.set("limit", "20");
  return query.toString();
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
  const look = async (onward = false) => {
    const mine = ++turn;
    const query = queryOf({ text: input.value, state: state.value, period: period.value, cursor: onward ? cursor : null }, app.clock.now());
    let page;
    try {
      page = await app.api.get(`/api/cases?${query}`);
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
  const dialog = dialogOf(t("search.title"), [el("div", { class: "dialog-body" }, el("div", { class: "row" }, input, state, period, el("button", { class: "button primary", onclick: () => void look() }, t("search.go"))), rows, more)], "directory");
  input.focus();
  if (words) void look();
}
