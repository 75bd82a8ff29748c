// Units of a case: those at work with their state and moves, and those recommended, with reasons, to be sent.
import { duration } from "../core/clock.js";
import { el, mark, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { nameOfUnit, unitName } from "../core/units.js";
import { unitItems } from "./command.js";
import { Completion } from "./completion.js";
import { unitMoves, WORKING } from "./moves.js";
import { buildPlan } from "./sheet_plan.js";
import { deskInFull, reasonOf, shortfallOf, telLink } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {{unit: any, minutes: number|null, distance_m: number, fix_age_s: number, load: number, reason: string, reason_en: string, route: [number, number][]}} Candidate */

const AGAIN_MS = 20_000;

/**
 * Units at work and how far they have come.
 * @param {App} app @param {any} record @param {Set<string>} allowed
 * @param {{unitMove: (move: string, unit: string) => void, recall: (unit: string) => void, show: (unit: string) => void}} then
 */
export function buildAssigned(app, record, allowed, then) {
  const working = record.assignments.filter((/** @type {any} */ one) => WORKING.has(one.state));
  const done = record.assignments.filter((/** @type {any} */ one) => !WORKING.has(one.state));
  const rows = working.map((/** @type {any} */ one) => {
    const [usual, ...others] = unitMoves(one.state, allowed);
    const at = one.arrived_at ?? one.departed_at ?? one.acknowledged_at ?? one.dispatched_at;
    const button = (/** @type {string} */ move, css = "") => el("button", { class: `button small ${css}`, dataset: { unitMove: move }, onclick: () => then.unitMove(move, one.unit) }, app.t(`move.${move}`));
    return el("div", { class: "unit-row", dataset: { unit: one.unit, state: one.state } },
      el("span", { class: "unit-mark", onclick: () => then.show(one.unit) }, mark(`unit-${one.unit_kind}`, `unit-${one.state === "acknowledged" ? "dispatched" : one.state}`)),
      el("div", { class: "grow" }, el("b", {}, nameOfUnit(app, one.unit, one.unit_name)), el("span", { class: "muted" }, `${app.t(`assignment.${one.state}`)} ${hourMinute(at)}`)),
      phoneButton(app, one.unit),
      usual ? button(usual) : null, ...others.filter((move) => move !== "decline").slice(0, 2).map((move) => button(move, "quiet")),
      allowed.has("recall") ? el("button", { class: "button small danger", dataset: { recall: one.unit }, onclick: () => then.recall(one.unit) }, app.t("move.recall")) : null);
  });
  if (done.length) {
    rows.push(el("div", { class: "muted unit-done" }, done.map((/** @type {any} */ one) => `${nameOfUnit(app, one.unit, one.unit_name)} ${app.t(`assignment.${one.state}`)}`).join(app.t("list.comma"))));
  }
  return rows;
}

/** A button that fetches a unit's number only when somebody wants it: every look is on record. @param {App} app @param {string} unit */
export function phoneButton(app, unit) {
  const button = el("button", { class: "button small quiet", title: app.t("sheet.call_unit") }, mark("phone"));
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    try {
      const answer = await app.api.get(`/api/units/${encodeURIComponent(unit)}`);
      const number = answer.phone ?? answer.unit?.phone;
      if (!number) app.toast.show(app.t("sheet.no_number"), "warn");
      else button.replaceWith(el("a", { class: "button small tel", href: telLink(number) }, mark("phone"), number));
    } catch (error) {
      app.toast.fail(error);
    }
  });
  return button;
}

/** The recommendation: who should go, the best one ticked. */
export class Recommended {
  /** @param {App} app @param {{send: (units: string[]) => void, route: (line: [number, number][]|null, unit: string|null) => void, raise: () => (() => void)|null}} then */
  constructor(app, then) {
    this.app = app;
    this.then = then;
    /** @type {Candidate[]} */
    this.candidates = [];
    /** @type {any} */
    this.shortfall = null;
    /** @type {any} the response plan, as far as it is filled */
    this.plan = null;
    this.planned = el("div", {});
    /** @type {Set<string>} */
    this.ticked = new Set();
    this.case_id = "";
    this.state = "empty";
    this.list = el("div", { class: "candidates", role: "listbox" });
    this.button = /** @type {HTMLButtonElement} */ (el("button", { class: "button primary send", onclick: () => this.send() }));
    this.element = el("section", { class: "sheet-section recommended" }, el("h3", {}, app.t("sheet.recommended")), this.planned, this.list, this.button);
    this.other = /** @type {HTMLInputElement} */ (el("input", { class: "input other-unit", autocomplete: "off", spellcheck: "false" }));
    this.button.before(el("div", { class: "other" }, this.other));
    /** @type {Candidate[]} units that somebody named himself */
    this.named = [];
    new Completion(this.other, (text) => unitItems([...app.store.units.values()], text, app.t, (unit) => unitName(app, unit)), (item) => this.#name(item.id));
    this.list.addEventListener("mouseleave", () => this.#route());
    this.element.querySelector("h3")?.addEventListener("click", () => this.foldable && this.fold(!this.folded));
    /** @type {"more"|"over"|null} */
    this.why_folded = null;
    this.foldable = false;
    this.folded = false;
    this.verb = "dispatch";
  }

  /** @param {boolean} folded */
  fold(folded) {
    this.folded = this.foldable && folded;
    this.#draw();
  }

  /**
   * Asks who should go. Where units are on their way already, or another desk has the case, the list is folded and nobody
   * is ticked.
   * @param {any} record @param {{verb: "dispatch"|"accept_dispatch", fold: "more"|"over"|null}} how
   */
  async load(record, { verb, fold }) {
    this.verb = verb;
    const fresh = this.case_id !== record.id;
    if (fresh || this.why_folded !== fold) {
      this.why_folded = fold;
      this.foldable = fold !== null;
      this.folded = this.foldable;
    }
    if (fresh) {
      this.case_id = record.id;
      this.candidates = [];
      this.named = [];
      this.ticked.clear();
      this.plan = null;
      this.state = "loading";
      this.#draw();
    }
    this.loaded_ms = Date.now();
    try {
      const answer = await this.app.api.get(`/api/cases/${record.id}/recommendation`);
      if (this.case_id !== record.id) return;
      this.#take(answer, fresh && fold === null);
    } catch (error) {
      this.state = "failed";
      this.why = /** @type {any} */ (error).say?.(this.app.words) ?? "";
    }
    this.#draw();
    this.#route();
  }

  /** @param {any} answer @param {boolean} preselect */
  #take(answer, preselect) {
    const told = new Set(answer.candidates.map((/** @type {any} */ one) => one.unit.id));
    this.named = this.named.filter((one) => !told.has(one.unit.id));
    this.candidates = [...answer.candidates, ...this.named];
    this.shortfall = answer.shortfall;
    this.plan = answer.plan ?? null;
    this.state = "ready";
    const known = new Set(this.candidates.map((one) => one.unit.id));
    for (const id of this.ticked) if (!known.has(id)) this.ticked.delete(id);
    const best = this.candidates[0];
    if (preselect && best && best.load === 0) this.ticked.add(best.unit.id);
  }

  /** Ticks all that the plan would send, and nobody else. @param {string[]} units */
  #takePlan(units) {
    this.ticked.clear();
    for (const id of units) this.#name(id, "sheet.by_plan");
  }

  /** Adds a unit that nobody recommended but somebody wants. @param {string} id @param {string} [why] */
  #name(id, why = "sheet.named") {
    const unit = this.app.store.units.get(id);
    this.other.value = "";
    if (!unit) return;
    if (!this.candidates.some((one) => one.unit.id === id)) {
      const { t } = this.app;
      const one = { unit, minutes: null, distance_m: 0, fix_age_s: 0, load: unit.case_id ? 1 : 0, reason: t(why), reason_en: t(why), route: [] };
      this.named.push(one);
      this.candidates = [...this.candidates, one];
    }
    this.ticked.add(id);
    this.#draw();
  }

  /** Whether it is time to look again; never under a hand that is choosing. */
  get isStale() {
    return Date.now() - (this.loaded_ms ?? 0) > AGAIN_MS && !this.element.matches(":hover");
  }

  forget() {
    this.case_id = "";
    this.candidates = [];
    this.then.route(null, null);
  }

  get chosen() {
    return [...this.ticked];
  }

  send() {
    if (this.ticked.size) this.then.send(this.chosen);
  }

  /** @param {string} unit */
  choose(unit) {
    this.ticked = new Set([unit]);
    this.#draw();
    this.#route();
  }

  /** @param {string} unit */
  toggle(unit) {
    if (!this.ticked.delete(unit)) this.ticked.add(unit);
    this.#draw();
    this.#route();
  }

  /** Draws the way of the one under the hand, else of the first ticked. @param {Candidate} [under] */
  #route(under) {
    const shown = under ?? this.candidates.find((one) => this.ticked.has(one.unit.id));
    this.then.route(shown?.route?.length ? shown.route : null, shown?.unit.id ?? null);
  }

  redraw() {
    this.#draw();
  }

  #draw() {
    const { app } = this;
    this.element.classList.toggle("foldable", this.foldable);
    this.element.classList.toggle("folded", this.folded);
    write(this.element.querySelector("h3"), this.foldable ? `${this.folded ? "▸" : "▾"} ${app.t(`sheet.send_${this.why_folded}`)}` : app.t("sheet.recommended"));
    if (this.state === "loading") this.list.replaceChildren(el("div", { class: "muted" }, app.t("sheet.looking")));
    else if (this.state === "failed") this.list.replaceChildren(el("div", { class: "muted" }, app.t("sheet.no_recommendation", { why: this.why ?? "" })));
    else this.list.replaceChildren(...this.candidates.map((one, i) => this.#row(one, i)), ...(this.shortfall ? [el("div", { class: "notice shortfall" }, mark("alarm"), shortfallOf(app, this.shortfall))] : []));
    this.planned.replaceChildren(...[buildPlan(app, this.plan, { take: (units) => this.#takePlan(units), raise: this.then.raise() })].filter((one) => one !== null));
    const names = this.candidates.filter((one) => this.ticked.has(one.unit.id)).map((one) => unitName(app, one.unit));
    this.button.replaceChildren(app.t(`sheet.${this.verb}`, { who: names.join(app.t("list.comma")) }), el("kbd", {}, "D"));
    this.other.placeholder = app.t("sheet.name_unit");
    this.button.classList.toggle("hidden", this.candidates.length === 0);
    this.button.disabled = names.length === 0;
  }

  /** @param {Candidate} one @param {number} i */
  #row(one, i) {
    const { app } = this;
    const on = this.ticked.has(one.unit.id);
    const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", tabindex: -1, "aria-label": unitName(app, one.unit) }));
    box.checked = on;
    const row = el("div", { class: `candidate ${on ? "on" : ""}`, role: "option", "aria-selected": String(on), tabindex: 0, dataset: { unit: one.unit.id } }, box, mark(`unit-${one.unit.kind}`, `unit-${one.unit.state}`),
      el("div", { class: "grow" }, el("div", {}, el("b", {}, unitName(app, one.unit)), el("span", { class: "muted" }, deskInFull(app, one.unit.desk)), i === 0 && one.minutes !== null ? el("span", { class: "badge accent" }, app.t("sheet.best")) : null), el("div", { class: "why muted" }, reasonOf(app, one))),
      el("div", { class: "minutes" }, one.minutes === null ? null : el("b", { class: "digits" }, one.minutes < 10 ? one.minutes.toFixed(1) : Math.round(one.minutes)), one.minutes === null ? null : el("span", { class: "muted" }, app.t("time.minute_unit"))));
    // The row means this one alone, its box means this one as well.
    row.addEventListener("click", () => this.choose(one.unit.id));
    box.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.toggle(one.unit.id);
    });
    row.addEventListener("mouseenter", () => this.#route(one));
    row.addEventListener("focus", () => this.#route(one));
    row.addEventListener("keydown", (event) => {
      if (event.key === " ") this.toggle(one.unit.id);
      else if (event.key === "Enter") this.then.send(this.ticked.size ? this.chosen : [one.unit.id]);
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#step(i + (event.key === "ArrowDown" ? 1 : -1));
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return row;
  }

  /** @param {number} i */
  #step(i) {
    const row = this.list.querySelectorAll(".candidate")[i];
    if (row instanceof HTMLElement) row.focus();
  }

  /** Puts the keyboard on the best. */
  focus() {
    this.fold(false);
    this.#step(0);
  }
}

/** Seconds since a unit's last fix, in words. @param {App} app @param {any} unit */
export function fixAge(app, unit) {
  const age_s = app.positions.age_s(unit.no);
  return Number.isFinite(age_s) ? app.t("unit.fix_ago", { time: duration(age_s, app.words) }) : app.t("unit.no_fix");
}
