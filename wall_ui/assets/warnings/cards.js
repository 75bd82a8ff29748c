// The warning cards of a page: asked for once and after every reconnection, then kept by the facts of the stream.
import { nameOfUnit } from "../core/units.js";

/** @typedef {import("../core/app.js").App} App */

export class Cards extends EventTarget {
  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    /** @type {Map<string, any>} */
    this.byId = new Map();
    /** @type {Record<string, string>} what subjects are called */
    this.names = {};
    /** @type {Record<string, any>} */
    this.colours = {};
    /** @type {Record<string, any>} */
    this.rules = {};
    this.loaded = false;
    this.wasLive = false;
    this.onEvent = (/** @type {any} */ event) => this.#hear(event.detail);
    this.onState = () => this.#state();
    app.socket.addEventListener("event", this.onEvent);
    app.socket.addEventListener("state", this.onState);
  }

  stop() {
    this.app.socket.removeEventListener("event", this.onEvent);
    this.app.socket.removeEventListener("state", this.onState);
  }

  async load() {
    try {
      if (!Object.keys(this.rules).length) {
        const book = await this.app.api.get("/api/warnings/rules");
        this.colours = Object.fromEntries(book.colours.map((/** @type {any} */ one) => [one.key, one]));
        this.rules = Object.fromEntries(book.rules.map((/** @type {any} */ one) => [one.key, one]));
      }
      const { cards, names } = await this.app.api.get("/api/warnings?limit=200");
      Object.assign(this.names, names);
      for (const card of cards) this.#put(card);
      this.loaded = true;
      this.dispatchEvent(new Event("change"));
    } catch (error) {
      console.warn("warnings", error);
    }
  }

  /** What was missed while the socket was away is asked for again. */
  #state() {
    const live = this.app.socket.state === "live";
    if (live && !this.wasLive && this.loaded) void this.load();
    this.wasLive = live;
  }

  /** @param {any} message */
  #hear(message) {
    if (!message.kind?.startsWith("warning.") || !message.detail?.card) return;
    const { card } = message.detail;
    this.#put(card);
    this.dispatchEvent(new Event("change"));
    if (message.kind === "warning.issue") this.dispatchEvent(new CustomEvent("issued", { detail: card }));
  }

  /** @param {any} card */
  put(card) {
    this.#put(card);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {any} card */
  #put(card) {
    const kept = this.byId.get(card.id);
    if (!kept || card.version >= kept.version) this.byId.set(card.id, card);
  }

  /** Cards that are not closed, the gravest first, of those the newest. */
  get open() {
    return inOrder([...this.byId.values()].filter((card) => card.status !== "closed"), this.colours);
  }

  /** Cards that are closed, the last one first. */
  get closed() {
    return [...this.byId.values()].filter((card) => card.status === "closed").sort((a, b) => (a.closed_at > b.closed_at ? -1 : 1));
  }

  /** What a card is about, in words. @param {any} card */
  nameOf(card) {
    const { app } = this;
    if (card.subject_kind === "area") return app.areas.place(card.subject, true) || app.areas.name(card.subject);
    if (card.subject_kind === "unit") return nameOfUnit(app, card.subject, this.names[card.subject] ?? card.subject);
    return app.areas.name(card.subject);
  }

  /** @param {any} card */
  ruleOf(card) {
    const rule = this.rules[card.rule];
    return rule ? (this.app.words.lang === "en" ? rule.name_en : rule.name) : card.rule;
  }

  /** @param {any} card */
  colourOf(card) {
    const row = this.colours[card.colour];
    return row ? (this.app.words.lang === "en" ? row.name_en : row.name) : card.colour;
  }
}

/** @param {any[]} cards @param {Record<string, any>} colours */
export function inOrder(cards, colours) {
  const grade = (/** @type {any} */ card) => colours[card.colour]?.grade ?? 0;
  return cards.sort((a, b) => grade(b) - grade(a) || (a.issued_at > b.issued_at ? -1 : 1));
}

/** How many open cards there are of each colour, gravest first. @param {any[]} open @param {Record<string, any>} colours */
export function counted(open, colours) {
  const rows = Object.values(colours).sort((a, b) => b.grade - a.grade);
  return rows.map((row) => ({ colour: row.key, n: open.filter((card) => card.colour === row.key).length }));
}

const SHARES = new Set(["overdue_share", "low_ratings", "reopened"]);

/** @param {string} measure @param {number} value */
export function inNumbers(measure, value) {
  return SHARES.has(measure) ? `${Math.round(value * 100)}%` : String(Math.round(value * 10) / 10);
}

/** What was measured and what the limit was. @param {App} app @param {any} card */
export function cause(app, card) {
  const places = {
    days: Math.max(1, Math.round(card.window_h / 24)),
    n: card.n,
    value: inNumbers(card.measure, card.value),
    about: card.about ? app.t(`category.${card.about}`) : "",
  };
  return `${app.t(`measure.${card.measure}`, places)}${app.t("warn.threshold", { value: inNumbers(card.measure, card.threshold) })}`;
}

/** What one case stands for among the evidence. @param {App} app @param {string} what */
export function happened(app, what) {
  if (app.words.has(`category.${what}`)) return app.t(`category.${what}`);
  if (what.startsWith("rating_")) return app.t("warn.rated", { n: what.slice(7) });
  if (app.words.has(`clock.${what}`)) return app.t("warn.clock_late", { clock: app.t(`clock.${what}`) });
  return app.t(`warn.what.${what}`);
}
