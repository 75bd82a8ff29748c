// Administration: four lists of one area (accounts, tokens, wall screens, sessions), each with what may be done to a row.
// Nothing here is live: a list is asked for when it is opened, narrowed or changed, and kept when the server does not answer.
import { el, write } from "../core/dom.js";
import { monthDayTime } from "../core/moment.js";
import { mountHeader } from "../core/header.js";
import { accounts } from "./accounts.js";
import { conditionsOf, NARROWS, paramsOf, queryOf, STATES, TABS } from "./conditions.js";
import { kiosks, sessions, tokens } from "./credentials.js";
import { Places } from "./seat_form.js";

/** @typedef {import("../core/app.js").App} App @typedef {import("./conditions.js").Conditions} Conditions */
/**
 * @typedef {{word: string, isGrave?: boolean, open: () => unknown}} Act
 * @typedef {object} List one of the four: how its rows read, what may be done to one, and how one is made
 * @property {string[]} heads
 * @property {(admin: Admin, one: any) => HTMLElement[]} cells
 * @property {(admin: Admin, one: any) => Act[]} acts
 * @property {{word: string, open: (admin: Admin) => unknown}} [make]
 */

const PAGE = 50;
const AGAIN_MS = 5_000;
/** @type {Record<import("./conditions.js").Tab, List>} */
const LISTS = { accounts, tokens, kiosks, sessions };

export class Admin {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.places = new Places(app);
    this.asked = conditionsOf(location.search);
    /** @type {(string|null)[]} the cursor of each page so far */
    this.cursors = [null];
    /** @type {{tab: string, rows: any[], total: number, next: string|null}|null} */
    this.answer = null;
    this.turn = 0;
    this.again = 0;
    /** @type {import("./seats.js").Seats|null} */
    this.own = null;
    app.words.addEventListener("change", this.onWords = () => this.#draw());
    this.#frame();
  }

  stop() {
    clearTimeout(this.again);
    this.app.words.removeEventListener("change", this.onWords);
  }

  /** @param {string} name */
  part(name) {
    return /** @type {HTMLElement} */ (this.root.querySelector(`[data-place="${name}"]`));
  }

  get list() {
    return LISTS[this.asked.tab];
  }

  /** A moment in the county's time, to the minute. @param {string} at */
  when(at) {
    return monthDayTime(at, this.app.clock.now()).slice(0, -3);
  }

  /** Asks for what the conditions say, from the first page. @param {Partial<Conditions>} [changed] */
  async ask(changed = {}) {
    const isOther = changed.tab !== undefined && changed.tab !== this.asked.tab;
    this.asked = isOther ? conditionsOf(`?tab=${changed.tab}`) : { ...this.asked, ...changed };
    this.cursors = [null];
    history.replaceState(null, "", `/admin?${paramsOf(this.asked)}`);
    if (isOther) this.answer = null;
    this.#frame();
    if (isOther) this.#rows();
    await this.load();
  }

  /** Something was done: who is which unit may be another now, and the list is. */
  changed() {
    this.places.forget();
    void this.load();
  }

  async load() {
    const mine = (this.turn += 1);
    clearTimeout(this.again);
    this.part("list").setAttribute("aria-busy", "true");
    try {
      const { tab } = this.asked;
      const [answer, own] = await Promise.all([this.app.api.get(queryOf(this.asked, this.cursors.at(-1) ?? null, PAGE)), this.own ?? this.places.at(this.app.session.actor.area)]);
      if (mine !== this.turn) return;
      const isFirst = this.own === null;
      this.own = own;
      this.answer = { ...answer, tab, rows: answer[tab] };
      if (isFirst) this.#form();
      this.#tell();
      this.#rows();
    } catch (error) {
      if (mine === this.turn) this.#fail(error);
    } finally {
      if (mine === this.turn) this.part("list").removeAttribute("aria-busy");
    }
  }

  /** What is shown stays; it is asked for again until the server answers. @param {any} error */
  #fail(error) {
    console.warn(error);
    const { t, words } = this.app;
    // A refusal stays one: only what was not answered is worth another try.
    const isUnanswered = error.status === 0 || error.status >= 500;
    const said = error.say?.(words) ?? String(error);
    const told = isUnanswered ? t(this.answer ? "admin.asks_again_here" : "admin.asks_again", { said }) : said;
    this.part("notice").replaceChildren(el("p", { class: "wrong", role: "alert" }, told, el("button", { type: "button", class: "button small", onclick: () => void this.load() }, t("app.retry"))));
    if (isUnanswered) this.again = window.setTimeout(() => void this.load(), AGAIN_MS);
  }

  /** What is to be known beside the list: that these people are invented, and what a list is. */
  #tell() {
    const { session, t } = this.app;
    const invented = session.demonstration && this.asked.tab === "accounts" ? [el("p", { class: "muted" }, t("admin.demonstration"))] : [];
    this.part("notice").replaceChildren(...invented);
  }

  #draw() {
    this.#frame();
    this.#tell();
    this.#rows();
  }

  #frame() {
    const { app, asked } = this;
    const { t } = app;
    const tab = (/** @type {Conditions["tab"]} */ name, /** @type {number} */ n) => el("button", { type: "button", role: "tab", class: "tab", title: String(n + 1), "aria-selected": String(asked.tab === name), onclick: () => void this.ask({ tab: name }) }, t(`admin.${name}`));
    this.part("tabs").replaceChildren(...TABS.map(tab));
    this.part("tabs").setAttribute("role", "tablist");
    write(this.part("scope"), t("admin.scope", { area: app.areas.name(app.session.actor.area) }));
    this.#form();
  }

  #form() {
    const { app, asked, own } = this;
    const { t } = app;
    const form = /** @type {HTMLFormElement} */ (this.part("asked"));
    const field = (/** @type {string} */ word, /** @type {HTMLElement} */ input) => el("label", { class: "field" }, el("span", {}, t(word)), input);
    const select = (/** @type {"role"|"area"} */ name, /** @type {string} */ word, /** @type {[string, string][]} */ options) => field(word, el("select", { class: "input", name, onchange: () => void this.ask(this.#typed()) }, el("option", { value: "" }, t("admin.any")), ...options.map(([value, said]) => el("option", { value, selected: value === asked[name] }, said))));
    const narrows = {
      role: () => select("role", "admin.role", (own?.roles ?? []).filter((one) => one.password || asked.tab === "sessions" && one.role === "kiosk").map((one) => [one.role, t(`role.${one.role}`)])),
      area: () => select("area", "admin.area", (own?.below ?? []).map((one) => [one.code, app.areas.name(one.code)])),
      state: () => el("div", { class: "states", role: "group", "aria-label": t("admin.state") }, ...STATES[asked.tab].map((name) => el("button", { type: "button", class: "chip", "aria-pressed": String(asked.state === name), onclick: () => void this.ask({ ...this.#typed(), state: name }) }, t(`admin.state.${name}`)))),
    };
    const text = el("input", { class: "input", name: "text", type: "search", maxlength: "60", autocomplete: "off", spellcheck: "false", placeholder: t(`admin.find_${asked.tab}`), value: asked.text });
    const { make } = this.list;
    const typing = form.contains(document.activeElement) ? document.activeElement?.getAttribute("name") : null;
    form.replaceChildren(
      field("admin.find", text), ...NARROWS[asked.tab].map((name) => narrows[name]()),
      el("button", { type: "submit", class: "button" }, t("admin.ask"), el("kbd", {}, "/")),
      el("span", { class: "spring" }),
      make ? el("button", { type: "button", class: "button primary make", onclick: () => void this.open(() => make.open(this)) }, t(make.word), el("kbd", {}, "N")) : "");
    form.onsubmit = (event) => {
      event.preventDefault();
      void this.ask(this.#typed());
    };
    // The cross in the field clears the search, as it says.
    text.addEventListener("search", () => void this.ask(this.#typed()));
    /** @type {HTMLElement|null} */ (typing ? form.querySelector(`[name="${typing}"]`) : null)?.focus();
  }

  /** What stands in the form just now. @returns {Partial<Conditions>} */
  #typed() {
    const form = new FormData(/** @type {HTMLFormElement} */ (this.part("asked")));
    return Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim()]));
  }

  /** Opens a form, which may have to ask the server first. @param {() => unknown} form */
  async open(form) {
    try {
      await form();
    } catch (error) {
      this.app.toast.fail(error);
    }
  }

  #rows() {
    const { app, answer, asked } = this;
    const { t } = app;
    if (!answer || answer.tab !== asked.tab) {
      this.part("list").replaceChildren();
      this.part("turn").replaceChildren();
      return;
    }
    const turn = (/** @type {string} */ word, /** @type {boolean} */ can, /** @type {() => void} */ act, /** @type {string} */ key) => el("button", { type: "button", class: "button", disabled: !can, onclick: act }, t(word), el("kbd", {}, key));
    const list = this.part("list");
    const focused = [...list.querySelectorAll("tbody tr")].findIndex((row) => row.contains(document.activeElement));
    const isNarrowed = asked.text || asked.role || asked.area;
    list.replaceChildren(answer.rows.length ? this.#table(answer.rows) : el("p", { class: "muted nothing" }, t(isNarrowed ? "admin.none_fits" : `admin.none_${asked.tab}`)));
    // Whoever works by keys goes on where he was, or at the next row where that one is gone.
    if (focused >= 0) /** @type {HTMLElement|null} */ ([...list.querySelectorAll("tbody tr")].slice(focused).map((row) => row.querySelector("button")).find(Boolean) ?? null)?.focus();
    const count = el("span", { class: "digits muted" }, t("admin.count", { n: answer.total, page: this.cursors.length, pages: Math.max(1, Math.ceil(answer.total / PAGE)) }));
    this.part("turn").replaceChildren(turn("admin.before", this.cursors.length > 1, () => this.before(), "←"), count, turn("admin.after", answer.next !== null, () => this.after(), "→"));
  }

  /** @param {any[]} rows */
  #table(rows) {
    const { t } = this.app;
    const { heads, cells, acts } = this.list;
    const button = (/** @type {Act} */ act) => el("button", { type: "button", class: `button small ${act.isGrave ? "danger" : ""}`, onclick: () => void this.open(act.open) }, t(act.word));
    // Read as a card, a moment says what happened then.
    const labelled = (/** @type {HTMLElement} */ cell, /** @type {number} */ n) => Object.assign(cell.dataset, { label: t(heads[n]) }) && cell;
    const row = (/** @type {any} */ one) => el("tr", { class: one.disabled_at || one.revoked_at ? "is-over" : "" }, ...cells(this, one).map(labelled), el("td", { class: "acts" }, ...acts(this, one).map(button)));
    return el("table", { class: "table" }, el("thead", {}, el("tr", {}, ...heads.map((word) => el("th", { scope: "col" }, t(word))), el("th", { scope: "col" }))), el("tbody", {}, ...rows.map(row)));
  }

  after() {
    if (!this.answer?.next) return;
    this.cursors.push(this.answer.next);
    this.part("list").scrollTop = 0;
    void this.load();
  }

  before() {
    if (this.cursors.length < 2) return;
    this.cursors.pop();
    void this.load();
  }

  /** What a key does where nobody types. @param {string} key @returns {boolean} whether it does anything */
  press(key) {
    const tab = TABS[Number(key) - 1];
    if (tab) void this.ask({ tab });
    else if (key === "ArrowRight") this.after();
    else if (key === "ArrowLeft") this.before();
    else if (key === "/") /** @type {HTMLElement} */ (this.root.querySelector('[name="text"]')).focus();
    else if (key.toLowerCase() === "n" && this.list.make) void this.open(() => this.list.make?.open(this));
    else return false;
    return true;
  }
}

/** @param {HTMLElement} root @param {App} app */
export async function mount(root, app) {
  const unmountHeader = mountHeader(root, app);
  if (app.session.actor.role !== "admin") {
    root.classList.add("is-refused");
    /** @type {HTMLElement} */ (root.querySelector('[data-place="list"]')).replaceChildren(el("p", { class: "muted nothing" }, app.t("admin.not_yours")));
    document.documentElement.dataset.drawn = "true";
    return unmountHeader;
  }
  const admin = new Admin(root, app);
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const typing = event.target instanceof HTMLElement && event.target.matches("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (admin.press(event.key)) event.preventDefault();
  };
  addEventListener("keydown", onKey);
  await admin.load();
  document.documentElement.dataset.drawn = "true";
  return () => {
    removeEventListener("keydown", onKey);
    admin.stop();
    unmountHeader();
  };
}
