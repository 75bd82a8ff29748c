// Role, area, desk and unit of somebody: a form that offers what there is, step by step from the administrator's own area down.
import { el } from "../core/dom.js";
import { unitName } from "../core/units.js";
import { field, settled } from "./dialog.js";
import { rolesFor, sitsBelow, sitsHere, unitsFor } from "./seats.js";

/** @typedef {import("../core/app.js").App} App @typedef {import("./seats.js").Seats} Seats */
/** @typedef {{role: string, area: string, desk: string, unit: string}} Seat */

export class SeatForm {
  /**
   * @param {App} app @param {Places} places @param {"account"|"token"|"kiosk"} kind @param {Partial<Seat>} seat to begin with
   * @param {(seat: Seat) => void} [changed]
   */
  constructor(app, places, kind, seat, changed = () => {}) {
    this.app = app;
    this.places = places;
    this.kind = kind;
    /** @type {Seat} */
    this.seat = { role: kind === "kiosk" ? "kiosk" : "", area: app.session.actor.area, desk: "", unit: "", ...seat };
    this.changed = changed;
    /** @type {Seats[]} what there is in the administrator's area and in each that was chosen below it */
    this.chain = [];
    this.isSettled = false;
    this.turn = 0;
    /** What was chosen last and is still asked for: a form that is sent at once waits for it. @type {Promise<void>} */
    this.asked = Promise.resolve();
    this.parts = el("div", { class: "seat" });
  }

  /** Draws what is chosen so far; resolves when it is there. */
  async draw() {
    const { app, seat } = this;
    const own = app.session.actor.area;
    if (!seat.area.startsWith(own)) seat.area = own;
    const codes = [own.length, 6, 9, 12, 15].filter((length, n, all) => length >= own.length && length <= seat.area.length && all.indexOf(length) === n);
    const mine = (this.turn += 1);
    const chain = await Promise.all(codes.map((length) => this.places.at(seat.area.slice(0, length))));
    if (mine !== this.turn) return;
    this.chain = chain;
    this.#put();
  }

  /** What is missing, in words; "" if nothing is. */
  async missing() {
    await this.asked;
    // What could not be asked when it was chosen is asked again now; that it fails once more is the form's to say.
    if (!this.isSettled) await this.draw();
    if (!this.seat.role) return this.app.t("admin.choose_role");
    return this.isSettled ? "" : this.app.t("admin.choose_area");
  }

  /** What the API takes of it. */
  get value() {
    const { role, area, desk, unit } = this.seat;
    return { role, area, desk, unit: unit || null };
  }

  /** @param {Partial<Seat>} changed */
  #change(changed) {
    this.asked = this.#changed(changed);
  }

  /** @param {Partial<Seat>} changed */
  async #changed(changed) {
    const typing = /** @type {HTMLElement|null} */ (document.activeElement)?.getAttribute("name");
    Object.assign(this.seat, changed);
    this.isSettled = false;
    try {
      await this.draw();
    } catch (error) {
      // What was chosen stays chosen: the next try asks again.
      this.parts.append(el("p", { class: "wrong", role: "alert" }, /** @type {any} */ (error).say?.(this.app.words) ?? String(error)));
      return;
    }
    this.changed(this.seat);
    /** @type {HTMLElement|null} */ (typing ? this.parts.querySelector(`[name="${typing}"]`) : null)?.focus();
  }

  #put() {
    const { app, seat } = this;
    const here = /** @type {Seats} */ (this.chain.at(-1));
    this.isSettled = Boolean(seat.role) && sitsHere(here, seat.role);
    const parts = [...(this.kind === "kiosk" ? [] : [this.#role(), this.#may()])];
    if (seat.role) parts.push(...this.#areas(), ...(this.isSettled ? [this.#desk(here), this.#unit(here)] : []));
    this.parts.replaceChildren(...parts.filter((part) => part !== null));
  }

  #role() {
    const { app, seat } = this;
    const { t } = app;
    const says = (/** @type {{role: string, why: string, levels: string[]}} */ one) => (one.why ? `${t(`role.${one.role}`)} · ${t(one.why, { levels: one.levels.map((level) => t(`area.${level}`)).join(" / ") })}` : t(`role.${one.role}`));
    const kind = this.kind === "token" ? "token" : "account";
    const options = rolesFor(this.chain[0], kind).map((one) => el("option", { value: one.role, disabled: one.why !== "", selected: one.role === seat.role }, says(one)));
    const select = el("select", { class: "input", name: "role", onchange: (/** @type {any} */ event) => this.#change({ role: event.target.value, area: app.session.actor.area, desk: "", unit: "" }) }, el("option", { value: "", disabled: true, selected: !seat.role }, t("admin.choose")), ...options);
    return field(t("admin.role"), select);
  }

  /** What the role may do, in words. */
  #may() {
    return this.seat.role ? el("p", { class: "may muted" }, this.app.t(`admin.may.${this.seat.role}`)) : null;
  }

  /** One choice for each level below the administrator's own that the role may work at. */
  #areas() {
    const { app, seat, chain } = this;
    const { t, areas } = app;
    const choices = chain.flatMap((seats, n) => {
      if (!sitsBelow(seats, seat.role)) return [];
      const chosen = chain[n + 1]?.area ?? "";
      const level = seats.below[0].code.length === 9 ? "township" : seats.below[0].code.length === 12 ? "village" : "grid";
      const isEnough = sitsHere(seats, seat.role);
      const stay = isEnough ? t("admin.whole", { area: areas.name(seats.area) }) : t("admin.choose");
      const select = el("select", { class: "input", name: `area-${level}`, onchange: (/** @type {any} */ event) => this.#change({ area: event.target.value || seats.area, desk: "", unit: "" }) },
        el("option", { value: "", selected: chosen === "" }, stay),
        ...seats.below.map((one) => el("option", { value: one.code, selected: one.code === chosen }, areas.name(one.code))));
      return [field(t(isEnough ? "admin.area" : `area.${level}`), select)];
    });
    return choices.length ? choices : [settled(t("admin.area"), areas.name(chain[0].area))];
  }

  /** @param {Seats} here */
  #desk(here) {
    const { app, seat } = this;
    const { t } = app;
    const desks = here.roles.find((one) => one.role === seat.role)?.desks ?? [];
    if (!desks.includes(seat.desk)) seat.desk = desks[0];
    const called = (/** @type {string} */ id) => (app.words.lang === "zh" && here.desks.find((one) => one.id === id)?.name) || app.areas.name(id);
    if (this.kind === "kiosk") return null;
    if (desks.length === 1) return settled(t("admin.desk"), called(desks[0]));
    const options = desks.map((id) => el("option", { value: id, selected: id === seat.desk }, called(id)));
    return field(t("admin.desk"), el("select", { class: "input", name: "desk", onchange: (/** @type {any} */ event) => this.#change({ desk: event.target.value, unit: "" }) }, ...options));
  }

  /** @param {Seats} here */
  #unit(here) {
    const { app, seat } = this;
    const { t } = app;
    const units = unitsFor(here, seat.role, seat.desk);
    if (!units.some((unit) => unit.id === seat.unit)) seat.unit = seat.role === "grid_officer" && units.length === 1 ? units[0].id : "";
    if (!units.length) return null;
    const says = (/** @type {import("./seats.js").UnitChoice} */ unit) => [unitName(app, unit), unit.crew.length ? t("admin.crew", { names: unit.crew.join(", ") }) : ""].filter(Boolean).join(" · ");
    const select = el("select", { class: "input", name: "unit", onchange: (/** @type {any} */ event) => this.#change({ unit: event.target.value }) },
      el("option", { value: "", selected: seat.unit === "" }, t("admin.no_unit")),
      ...units.map((unit) => el("option", { value: unit.id, selected: unit.id === seat.unit }, says(unit))));
    return field(t("admin.unit"), select, t("admin.unit_hint"));
  }
}

/** What seats there are, by area; asked for once each. */
export class Places {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Map<string, Promise<Seats>>} */
    this.known = new Map();
  }

  /** @param {string} area @returns {Promise<Seats>} */
  at(area) {
    let asked = this.known.get(area);
    if (!asked) {
      asked = /** @type {Promise<Seats>} */ (this.app.api.get(`/api/admin/seats?area=${area}`));
      this.known.set(area, asked);
      asked.catch(() => this.known.delete(area));
    }
    return asked;
  }

  /** Forgets who is which unit: an account was made, moved or closed. */
  forget() {
    this.known.clear();
  }
}
