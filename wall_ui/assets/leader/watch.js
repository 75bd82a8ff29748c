// The list beside the figures: what is late or soon will be, what is supervised, what waits for the leader's own word, or
// what one township has open.
import { superiorOf } from "../core/areas.js";
import { colourAt, duration, nextClock, remaining } from "../core/clock.js";
import { el, mark, syncRows, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { OPEN } from "../core/store.js";
import { asked, canSupervise, casesOf, lateCases, orders } from "./tally.js";

/** @typedef {import("../core/app.js").App} App */

const MOST_ROWS = 150;

export class Watch {
  /**
   * @param {HTMLElement} tabs @param {HTMLElement} host @param {App} app
   * @param {{open: (id: string) => void, supervise: (record: any) => void, area: (code: string|null) => void, cards: {element: HTMLElement, count: () => number}}} does
   */
  constructor(tabs, host, app, does) {
    this.tabs = tabs;
    this.host = host;
    this.app = app;
    this.does = does;
    /** @type {"late"|"orders"|"asked"|"area"|"cards"} */
    this.shown = "late";
    this.area = /** @type {string|null} */ (null);
    this.selected = /** @type {string|null} */ (null);
    this.drawnTabs = "";
    this.said = el("p", { class: "muted said" });
    this.list = el("ul", { class: "rows" });
    this.none = el("p", { class: "muted none-here" });
    host.replaceChildren(this.said, this.list, this.none, does.cards.element);
  }

  /** @param {"late"|"orders"|"asked"|"area"|"cards"} shown @param {string|null} [area] */
  show(shown, area = null) {
    this.shown = shown;
    this.area = area;
    this.host.scrollTop = 0;
    this.draw();
  }

  /** @returns {any[]} */
  get rows() {
    const { store } = this.app;
    if (this.shown === "orders") return orders(store);
    if (this.shown === "asked") return asked(store);
    // Late ones come first by themselves; those still in time follow, so that one sees what comes next.
    return casesOf(store, this.area ?? "");
  }

  draw() {
    const cards = this.shown === "cards";
    this.#tabs();
    this.does.cards.element.classList.toggle("hidden", !cards);
    this.list.classList.toggle("hidden", cards);
    if (cards) return this.none.classList.add("hidden");
    const rows = this.rows;
    write(this.none, rows.length ? "" : this.app.t(`leader.${this.shown}_none`));
    this.none.classList.toggle("hidden", rows.length > 0);
    syncRows(this.list, rows.slice(0, MOST_ROWS), (record) => record.id, (record) => this.#make(record), (row, record) => this.#update(row, record));
  }

  /** Only above the county's own desk does a leader grant and decide. */
  get #decides() {
    const { desk, role } = this.app.session.actor;
    return role === "leader" && !superiorOf(desk);
  }

  #tabs() {
    const { t, store, clock } = this.app;
    const waiting = orders(store).filter((record) => !record.supervision.answered_at && OPEN.has(record.status)).length;
    const late = lateCases(store, clock.now()).length;
    const words = asked(store).length;
    const tab = (/** @type {"late"|"orders"|"asked"|"cards"} */ name, /** @type {string} */ label, /** @type {number} */ n) =>
      el("button", { type: "button", class: this.shown === name ? "on" : "", "aria-pressed": String(this.shown === name), onclick: () => this.does.area(null) ?? this.show(name) }, t(label), el("span", { class: "badge count digits", title: t(`leader.counts.${name}`, { n }) }, n));
    const area = this.area ? el("button", { type: "button", class: "on area", title: t("leader.show_all"), onclick: () => this.does.area(null) }, t("leader.area_list", { area: this.app.areas.name(this.area) }), mark("cross")) : null;
    const parts = [tab("late", "leader.late_list", late), tab("orders", "leader.orders", waiting), this.#decides ? tab("asked", "leader.asked", words) : null, tab("cards", "warn.tab", this.does.cards.count()), area].filter((part) => part !== null);
    const signature = [this.app.words.lang, ...parts.map((part) => `${part.className}${part.textContent}`)].join("|");
    if (signature === this.drawnTabs) return;
    this.drawnTabs = signature;
    this.tabs.replaceChildren(...parts);
    // The number beside the list that is shown counts not its rows, but what is wanted of a leader.
    const counts = { late, orders: waiting, asked: words, cards: this.does.cards.count() };
    const shown = this.area ? null : /** @type {"late"|"orders"|"asked"|"cards"} */ (this.shown);
    write(this.said, shown ? t(`leader.counts.${shown}`, { n: counts[shown] }) : "");
  }

  /** @param {any} record */
  #make(record) {
    const row = el(
      "li",
      { class: "row pick watch-row", tabindex: "0", onclick: () => this.does.open(record.id) },
      el("span", { class: "what" }),
      el("div", { class: "grow" }, el("div", { class: "first" }, el("b", { class: "category" }), el("span", { class: "clock" })), el("div", { class: "second ellipsis" }), el("div", { class: "third" })),
      el("button", { type: "button", class: "button small", onclick: (/** @type {Event} */ event) => {
        event.stopPropagation();
        this.does.supervise(this.app.store.cases.get(record.id) ?? record);
      } }),
    );
    row.addEventListener("keydown", (event) => event.key === "Enter" && event.target === row && this.does.open(record.id));
    return row;
  }

  /** @param {HTMLElement} row @param {any} record */
  #update(row, record) {
    const { t, words, areas } = this.app;
    const part = (/** @type {string} */ css) => /** @type {HTMLElement} */ (row.querySelector(`.${css}`));
    const group = words.groups[record.category] ?? "service";
    const sign = `${group} ${record.priority}`;
    if (row.dataset.sign !== sign) {
      row.dataset.sign = sign;
      part("what").replaceChildren(mark(`case-${group}`, `priority-${record.priority}`));
    }
    row.classList.toggle("selected", this.selected === record.id);
    write(part("category"), t(`category.${record.category}`));
    write(part("second"), `${areas.place(record.area_code, true)} · ${t(`status.${record.status}`)} · ${t("leader.holder", { desk: areas.name(record.holder) })}`);
    this.#clock(part("clock"), record);
    this.#order(part("third"), record);
    const button = /** @type {HTMLButtonElement} */ (part("button"));
    button.hidden = !canSupervise(record);
    write(button, t("leader.supervise"));
  }

  /** @param {HTMLElement} shown @param {any} record */
  #clock(shown, record) {
    const clock = nextClock(record);
    if (!clock || !OPEN.has(record.status)) return write(shown, "");
    const now = this.app.clock.now();
    const { left_s, text } = remaining(clock, now, this.app.words);
    shown.className = `clock ${colourAt(clock, now)}`;
    write(shown, `${this.app.t(`clock.${clock.target}`)} ${this.app.t(left_s < 0 ? "time.late" : "time.left", { time: text.replace("-", "") })}`);
  }

  /** @param {HTMLElement} shown @param {any} record */
  #order(shown, record) {
    const order = record.supervision;
    if (!order) {
      shown.className = "third hidden";
      return;
    }
    const { t, clock, words } = this.app;
    const left_s = (Date.parse(order.due_at) - clock.now()) / 1000;
    const time = duration(left_s, words);
    const by = t("leader.by", { name: order.target ? t("role.system") : this.app.latin.person(order.by_name), time: hourMinute(order.at) });
    const state = order.answered_at ? t("leader.answered_at", { time: hourMinute(order.answered_at) }) : left_s < 0 ? t("leader.answer_late", { time }) : t("leader.waiting_answer", { time: t("time.left", { time }) });
    shown.className = `third ${order.answered_at ? "answered" : left_s < 0 ? "is-red" : "is-amber"}`;
    write(shown, `★ ${by} · ${state}`);
  }
}
