// The audit log: conditions on top, a calm table, page by page. Every page that is read here is a look, so nothing is asked for
// by itself: no polling, and no answer while somebody types.
import { el, write } from "../core/dom.js";
import { monthDayTime } from "../core/moment.js";
import { mountHeader } from "../core/header.js";
import { askedInWords, conditionsOf, paramsOf, PERIODS } from "./conditions.js";

/** @typedef {import("../core/app.js").App} App @typedef {import("./conditions.js").Conditions} Conditions */

const READERS = new Set(["auditor", "admin"]);
const PAGE = 50;
const LOOKS = ["sheet", "task", "attachment", "thumbnail", "search", "record", "audit", "account.add", "account.password", "account.role", "account.close", "token.add", "token.revoke", "kiosk.add", "kiosk.revoke", "session.end"];

class Audit {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.asked = conditionsOf(location.search);
    /** @type {(number|null)[]} the cursor of each page so far */
    this.cursors = [null];
    /** @type {any} */
    this.answer = null;
    this.turn = 0;
    this.#form();
    app.words.addEventListener("change", this.onWords = () => {
      this.#form();
      this.#draw();
    });
  }

  /** @param {string} name */
  part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-place="${name}"]`));
  }

  /** Asks for what the conditions say, from the first page. @param {Partial<Conditions>} [changed] */
  async ask(changed = {}) {
    this.asked = { ...this.asked, ...changed };
    this.cursors = [null];
    history.replaceState(null, "", `/audit?${paramsOf(this.asked)}`);
    this.#form();
    await this.load();
  }

  async load() {
    const { api, t, toast } = { ...this.app, t: this.app.t };
    const mine = (this.turn += 1);
    this.part("list").setAttribute("aria-busy", "true");
    try {
      const wanted = await this.#wanted();
      if (!wanted) {
        if (mine === this.turn) this.#tell(t("audit.no_case", { number: this.asked.number }));
        return;
      }
      const answer = await api.get(`/api/${this.asked.tab}?${wanted}`);
      if (mine !== this.turn) return;
      this.answer = { ...answer, rows: answer.looks ?? answer.changes };
      this.#draw();
    } catch (error) {
      if (mine === this.turn) toast.fail(error);
    } finally {
      if (mine === this.turn) this.part("list").removeAttribute("aria-busy");
    }
  }

  /** What the API is asked: a case by its id, though people write its number. @returns {Promise<URLSearchParams|null>} null where there is no such case */
  async #wanted() {
    const { app, asked } = this;
    const wanted = new URLSearchParams({ limit: String(PAGE) });
    if (asked.person) wanted.set("person", asked.person);
    if (asked.what) wanted.set("what", asked.what);
    if (asked.number) {
      const { cases } = await app.api.get(`/api/cases?limit=1&text=${encodeURIComponent(asked.number)}`);
      if (cases[0]?.number !== asked.number) return null;
      wanted.set("case_id", cases[0].id);
    }
    const [from, to] = asked.period === "own" ? [asked.from, asked.to] : [PERIODS[asked.period]?.(app.clock.now()) ?? "", ""];
    if (from) wanted.set("from", new Date(from).toISOString());
    if (to) wanted.set("to", new Date(to).toISOString());
    const cursor = this.cursors.at(-1);
    if (cursor) wanted.set("cursor", String(cursor));
    return wanted;
  }

  #form() {
    const { app, asked } = this;
    const { t } = app;
    const tab = (/** @type {"looks"|"changes"} */ name) => el("button", { type: "button", role: "tab", class: "tab", "aria-selected": String(asked.tab === name), onclick: () => void this.ask({ tab: name, what: "" }) }, t(`audit.${name}`));
    this.part("tabs").replaceChildren(tab("looks"), tab("changes"));
    const person = el("input", { class: "input", name: "person", maxlength: "100", autocomplete: "off", spellcheck: "false", placeholder: t("audit.person_hint"), value: asked.person });
    const number = el("input", { class: "input digits", name: "number", maxlength: "20", autocomplete: "off", spellcheck: "false", placeholder: t("audit.case_hint"), value: asked.number });
    const what = el("select", { class: "input", name: "what" }, el("option", { value: "" }, t("audit.any")), ...this.#kinds().map(([value, word]) => el("option", { value, selected: value === asked.what }, word)));
    const moment = (/** @type {"from"|"to"} */ name) => el("input", { class: "input digits", type: "datetime-local", name, value: asked.period === "own" ? asked[name] : "" });
    const period = (/** @type {Conditions["period"]} */ name) => el("button", { type: "button", class: "chip", "aria-pressed": String(asked.period === name), onclick: () => void this.ask({ ...this.#typed(), period: name, from: "", to: "" }) }, t(`audit.period.${name}`));
    const field = (/** @type {string} */ word, /** @type {HTMLElement} */ input) => el("label", { class: "field" }, el("span", {}, t(word)), input);
    const form = /** @type {HTMLFormElement} */ (this.part("asked"));
    form.replaceChildren(
      field("audit.person", person), field("audit.case", number), field("audit.what", what), field("audit.from", moment("from")), field("audit.to", moment("to")),
      el("button", { type: "submit", class: "button primary" }, t("audit.ask")),
      el("button", { type: "button", class: "button quiet", onclick: () => void this.ask({ person: "", number: "", what: "", period: "week", from: "", to: "" }) }, t("audit.clear")),
      el("div", { class: "periods" }, ...(/** @type {Conditions["period"][]} */ (Object.keys(PERIODS))).map(period)));
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.ask(this.#typed());
    };
    what.addEventListener("change", () => void this.ask(this.#typed()));
  }

  /** What stands in the form just now. @returns {Partial<Conditions>} */
  #typed() {
    const form = new FormData(/** @type {HTMLFormElement} */ (this.part("asked")));
    const said = (/** @type {string} */ name) => String(form.get(name) ?? "").trim();
    const [from, to] = [said("from"), said("to")];
    return { person: said("person"), number: said("number"), what: said("what"), from, to, ...(from || to ? { period: /** @type {const} */ ("own") } : this.asked.period === "own" ? { period: /** @type {const} */ ("all") } : {}) };
  }

  /** @returns {[string, string][]} */
  #kinds() {
    const { words } = this.app;
    if (this.asked.tab === "looks") return LOOKS.map((name) => [name, this.#act(name)]);
    const moves = Object.keys(words.table).filter((key) => key.startsWith("fact.case.")).map((key) => key.slice("fact.".length));
    return [...moves, "unit.duty"].map((kind) => /** @type {[string, string]} */ ([kind, this.#act(kind)])).filter(([kind, word]) => word !== kind);
  }

  /** The word for what was done. @param {string} name */
  #act(name) {
    const { words, t } = this.app;
    const keys = this.asked.tab === "looks" ? [`audit.look.${name}`] : [`audit.change.${name}`, name.replace(/^case\./, "move."), `audit.change.${name.split(".")[0]}`];
    const known = keys.find((key) => words.has(key));
    return known ? t(known) : name;
  }

  /** @param {string} text */
  #tell(text) {
    this.part("list").replaceChildren(el("p", { class: "muted nothing" }, text));
    this.part("turn").replaceChildren();
  }

  #draw() {
    const { app, answer } = this;
    if (!answer) return;
    const { t } = app;
    const turn = (/** @type {string} */ word, /** @type {boolean} */ can, /** @type {() => void} */ act, /** @type {string} */ key) => el("button", { type: "button", class: "button", disabled: !can, onclick: act }, t(word), el("kbd", {}, key));
    const since = answer.since ? el("p", { class: "muted since" }, t("audit.since", { at: this.#when(answer.since) })) : null;
    if (answer.rows.length === 0) this.#tell(t("audit.none"));
    else this.part("list").replaceChildren(this.#table(answer.rows));
    this.part("turn").replaceChildren(
      turn("audit.newer", this.cursors.length > 1, () => this.newer(), "←"), el("span", { class: "digits muted" }, t("audit.page", { n: this.cursors.length })),
      turn("audit.older", answer.next !== null, () => this.older(), "→"), ...(since && answer.next === null ? [since] : []));
  }

  older() {
    if (!this.answer?.next) return;
    this.cursors.push(this.answer.next);
    void this.load();
  }

  newer() {
    if (this.cursors.length < 2) return;
    this.cursors.pop();
    void this.load();
  }

  /** @param {any[]} rows */
  #table(rows) {
    const { t } = this.app;
    const columns = ["audit.at", "audit.person", "audit.desk", "audit.what", "audit.case", ...(this.asked.tab === "looks" ? ["audit.detail"] : [])];
    return el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...columns.map((word) => el("th", { scope: "col" }, t(word))))), el("tbody", {}, ...rows.map((row) => this.#row(row))));
  }

  /** @param {any} row */
  #row(row) {
    const { app } = this;
    const narrow = (/** @type {string} */ text, /** @type {Partial<Conditions>} */ to, css = "") => el("button", { type: "button", class: `narrow ${css}`, onclick: () => void this.ask(to) }, text);
    const desk = row.desk ? app.areas.name(row.desk) : app.t("role.system");
    const who = [narrow(app.latin.person(row.name) || row.account, { person: row.name || row.account }), row.robot ? el("span", { class: "badge" }, app.t("role.robot")) : null, row.role ? el("span", { class: "muted" }, app.t(`role.${row.role}`)) : null];
    return el("tr", {}, el("td", { class: "digits at" }, this.#when(row.at)), el("td", { class: "who" }, ...who), el("td", { class: "at-desk" }, desk), el("td", {}, this.#act(row.what ?? row.kind)),
      el("td", {}, row.number ? narrow(row.number, { number: row.number }, "digits") : "", row.number && row.case_id ? el("a", { class: "open", href: `/console#case=${row.case_id}` }, app.t("audit.open")) : null), this.asked.tab === "looks" ? el("td", { class: "detail" }, this.#detail(row)) : null);
  }

  /** What a look was for; of a look at this log, its conditions in words. @param {any} row */
  #detail({ what, detail }) {
    if (what !== "audit" || !detail) return detail ?? "";
    const { tab, asked } = askedInWords(detail);
    const said = (/** @type {string} */ name, /** @type {string} */ value) => (name === "from" || name === "to" ? this.#when(value) : name === "what" ? this.#act(value) : value);
    const parts = asked.map(([name, value]) => `${this.app.t(`audit.${name}`)} ${said(name, value)}`);
    return [this.app.t(`audit.${tab}`), ...parts].join(" · ");
  }

  /** A moment in the county's time; the year where it is another. @param {string} at */
  #when(at) {
    return monthDayTime(at, this.app.clock.now());
  }
}

/** @param {HTMLElement} root @param {App} app */
export async function mount(root, app) {
  const unmountHeader = mountHeader(root, app);
  if (!READERS.has(app.session.actor.role)) {
    root.classList.add("is-refused");
    /** @type {HTMLElement} */ (root.querySelector('[data-place="list"]')).replaceChildren(el("p", { class: "muted nothing" }, app.t("audit.not_yours")));
    document.documentElement.dataset.drawn = "true";
    return unmountHeader;
  }
  const audit = new Audit(root, app);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight") audit.older();
    else if (event.key === "ArrowLeft") audit.newer();
    else if (event.key === "/") /** @type {HTMLElement} */ (root.querySelector('[name="person"]')).focus();
    else return;
    event.preventDefault();
  };
  addEventListener("keydown", onKey);
  await audit.load();
  document.documentElement.dataset.drawn = "true";
  return () => {
    removeEventListener("keydown", onKey);
    app.words.removeEventListener("change", audit.onWords);
    unmountHeader();
  };
}
