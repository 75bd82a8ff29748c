// Taking in a case: where (a click on the map, or an area's name), what, in which words, who rang. Nothing typed is lost.
import { el, mark, write } from "../core/dom.js";
import { Attempts, isUnsure } from "./attempt.js";
import { areaItems } from "./command.js";
import { Completion } from "./completion.js";
import { casesNear } from "./nearby.js";
import { placeSaid, Proposals } from "./proposal.js";
import { nearRow } from "./sheet_story.js";
import { priorityInput } from "./sheet_form.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {{lon?: number, lat?: number, area_code?: string, name: string}} Place */

export class Intake {
  /**
   * @param {App} app @param {HTMLElement} host
   * @param {{made: (record: any) => void, showPlace: (place: Place|null) => void, closed: () => void}} then
   */
  constructor(app, host, then) {
    this.app = app;
    this.host = host;
    this.then = then;
    this.attempts = new Attempts();
    /** @type {Place|null} */
    this.place = null;
    this.category = "";
    this.serial = 0;
    /** What was set by hand, and so is not proposed again. @type {Set<import("./proposal.js").Part>} */
    this.byHand = new Set();
    this.proposals = new Proposals(app, { read: () => this.#read(), take: (part, value) => this.#take(part, value), join: (found) => void this.#join(found), byHand: this.byHand });
    const input = (/** @type {string} */ name, /** @type {any} */ more = {}) => /** @type {HTMLInputElement} */ (el("input", { class: "input", name, autocomplete: "off", spellcheck: "false", ...more }));
    this.where = input("where", { "data-w-placeholder": "intake.where_how" });
    this.what = input("what", { "data-w-placeholder": "intake.what_how" });
    this.text = /** @type {HTMLTextAreaElement} */ (el("textarea", { class: "input", name: "text", rows: 3, maxlength: 4000, "data-w-placeholder": "intake.text_how" }));
    this.phone = input("phone", { type: "tel", inputmode: "tel", maxlength: 24 });
    this.caller = input("caller", { maxlength: 60 });
    this.wrong = el("div", { class: "wrong", role: "alert" });
    this.located = el("div", { class: "located muted" });
    this.near = el("div", { class: "near" });
    this.priorityHost = el("div", {});
    this.button = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: "button primary" }, el("span", { "data-w": "intake.send" }), el("kbd", {}, "Enter")));
    const field = (/** @type {string} */ word, /** @type {...any} */ ...inside) => el("div", { class: "field" }, el("span", { "data-w": word }), ...inside);
    this.form = /** @type {HTMLFormElement} */ (el("form", { class: "intake", novalidate: true },
      el("div", { class: "intake-head" }, mark("plus"), el("b", { "data-w": "intake.title" }), el("span", { class: "spring" }), el("button", { type: "button", class: "button quiet small", onclick: () => this.close() }, mark("cross"))),
      field("intake.text", this.text), this.proposals.element, field("intake.where", this.where, this.located), this.near, field("intake.what", this.what),
      el("div", { class: "pair" }, field("intake.phone", this.phone), field("intake.caller", this.caller)), this.priorityHost, this.wrong,
      el("div", { class: "form-foot" }, el("span", { class: "muted hint", "data-w": "form.enter_sends" }), this.button)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.form.addEventListener("keydown", (event) => this.#key(event));
    this.whereList = new Completion(this.where, (text) => areaItems(app.areas.typed, text), (item) => this.#hand("place", () => this.setPlace({ area_code: item.id, name: item.label })));
    this.whatList = new Completion(this.what, (text) => this.#categories(text), (item) => this.#hand("category", () => this.#setCategory(item.id)), { open_empty: true });
    this.text.addEventListener("input", () => this.proposals.soon());
    // What is being typed is not overwritten, and what was wiped out may be proposed again.
    for (const [input, part] of /** @type {[HTMLInputElement, import("./proposal.js").Part][]} */ ([[this.where, "place"], [this.what, "category"]])) {
      input.addEventListener("input", () => {
        if (input.value.trim()) this.byHand.add(part);
        else this.byHand.delete(part);
        this.proposals.draw();
      });
    }
    this.phone.addEventListener("change", () => this.proposals.soon());
    this.priorityHost.addEventListener("click", () => this.#hand("priority", () => {}));
    this.host.replaceChildren(this.form);
    app.words.fill(this.host);
    this.priority = priorityInput(app);
    this.priorityHost.replaceChildren(this.priority.element);
    app.words.addEventListener("change", () => this.#relabel());
  }

  /** The dispatcher sets a part himself. @param {import("./proposal.js").Part} part @param {() => void} set */
  #hand(part, set) {
    this.byHand.add(part);
    set();
    this.proposals.soon();
  }

  /** What is known so far, as the server reads it. */
  #read() {
    const { lon, lat, area_code } = this.place ?? {};
    const where = !this.byHand.has("place") || !this.place ? {} : lon === undefined ? { area_code } : { lon, lat };
    const phone = /^[0-9+() -]{3,24}$/.test(this.phone.value.trim()) ? { phone: this.phone.value.trim() } : {};
    return { text: this.text.value, ...where, ...phone, ...(this.byHand.has("category") && this.category ? { category: this.category } : {}) };
  }

  /** Takes a proposal over: from then on it counts as set by hand. @param {import("./proposal.js").Part} part @param {any} value */
  #take(part, value) {
    this.byHand.add(part);
    if (part === "place") this.setPlace(value.kind === "village" || value.kind === "township" || value.kind === "grid" ? { area_code: value.area_code, name: placeSaid(this.app, value) } : { lon: value.lon, lat: value.lat, area_code: value.area_code, name: placeSaid(this.app, value) });
    else if (part === "category") this.#setCategory(value);
    else this.#priority(value);
    this.proposals.soon();
  }

  /** The caller tells again what a live case tells: his report joins it. @param {any} found */
  async #join(found) {
    if (this.button.disabled || !this.text.value.trim()) return;
    this.button.disabled = true;
    const { lon, lat, area_code } = this.place ?? {};
    const where = !this.place ? {} : lon === undefined ? { area_code } : { lon, lat };
    try {
      const { case: record, query_code } = await this.attempts.post(this.app.api, `/api/cases/${found.case.id}/reports`, { text: this.text.value.trim(), ...where, ...this.#who() });
      this.#clear();
      this.close();
      this.app.toast.show(this.app.t("intake.joined", { number: record.number }), "good", this.app.t("intake.code", { code: query_code }));
      this.then.made(record);
    } catch (error) {
      const said = /** @type {any} */ (error).say?.(this.app.words) ?? String(error);
      this.#say(`${said} ${this.app.t(isUnsure(error) ? "intake.try_again" : "intake.kept")}`);
    } finally {
      this.button.disabled = false;
    }
  }

  /** By which door it came, and who rang. */
  #who() {
    const reporter = { ...(this.caller.value.trim() && { name: this.caller.value.trim() }), ...(this.phone.value.trim() && { phone: this.phone.value.trim() }) };
    return { source: this.phone.value.trim() ? "hotline" : "console", ...(Object.keys(reporter).length ? { reporter } : {}) };
  }

  get isOpen() {
    return !this.host.classList.contains("hidden");
  }

  #relabel() {
    this.app.words.fill(this.host);
    this.#priority();
    this.proposals.draw();
    if (this.category) this.what.value = this.app.t(`category.${this.category}`);
  }

  /** @param {number} [chosen] */
  #priority(chosen) {
    this.priority = priorityInput(this.app, chosen ?? this.priority?.value());
    this.priorityHost.replaceChildren(this.priority.element);
  }

  /** @param {string} text @returns {import("./command.js").Item[]} */
  #categories(text) {
    const query = this.category && text === this.app.t(`category.${this.category}`) ? "" : text.trim().toLowerCase();
    return Object.entries(this.app.words.groups)
      .filter(([key]) => !query || this.app.t(`category.${key}`).toLowerCase().includes(query) || key.includes(query))
      .map(([key, group]) => ({ kind: /** @type {"choice"} */ ("choice"), id: key, label: this.app.t(`category.${key}`), hint: this.app.t(`group.${group}`), fill: this.app.t(`category.${key}`) }));
  }

  /** @param {string} key */
  #setCategory(key) {
    this.category = key;
    this.what.value = this.app.t(`category.${key}`);
    this.#warn();
    if (document.activeElement === this.what) this.text.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.proposals.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented) return;
    if (/** @type {HTMLElement} */ (event.target).tagName === "BUTTON") return;
    event.preventDefault();
    // Enter walks through what is still empty, and sends from there.
    const empty = !this.text.value.trim() ? this.text : !this.place ? this.where : !this.category ? this.what : null;
    if (empty && empty !== event.target) empty.focus();
    else this.form.requestSubmit();
  }

  /** @param {Place|null} [place] */
  open(place = null) {
    this.host.classList.remove("hidden");
    if (place) this.#hand("place", () => this.setPlace(place));
    this.text.focus();
  }

  close() {
    this.host.classList.add("hidden");
    this.then.showPlace(null);
    this.then.closed();
  }

  /** @param {number} lon @param {number} lat */
  async locate(lon, lat) {
    this.serial += 1;
    const serial = this.serial;
    this.open({ lon, lat, name: "" });
    try {
      const found = await this.app.api.get(`/api/areas/locate?lon=${lon.toFixed(6)}&lat=${lat.toFixed(6)}`);
      if (serial !== this.serial) return;
      const code = (found.grid ?? found.village ?? found.township ?? found.county).code;
      this.setPlace({ lon, lat, name: this.app.areas.whole(code), area_code: code });
      this.#say("");
    } catch (error) {
      if (serial !== this.serial) return;
      this.setPlace(null);
      this.#say(/** @type {any} */ (error).say?.(this.app.words) ?? String(error));
    }
  }

  /** @param {Place|null} place */
  setPlace(place) {
    this.place = place;
    if (place?.name) this.where.value = place.name;
    if (!place) this.where.value = "";
    write(this.located, place?.lon === undefined ? (place ? this.app.t("intake.in_area") : "") : `${place.lon.toFixed(5)}, ${place.lat?.toFixed(5)}`);
    this.then.showPlace(place);
    this.#warn();
    if (place?.name && document.activeElement === this.where) this.what.focus();
  }

  /** Names open cases close to the place: it may have been reported before. */
  #warn() {
    const { place, app } = this;
    const found = place?.lon === undefined || place.lat === undefined ? [] : casesNear(app.store.cases.values(), { lon: place.lon, lat: place.lat, category: this.category });
    this.near.replaceChildren(...(found.length ? [el("span", { class: "muted" }, app.t("near.title")), ...found.map((near) => nearRow(app, near))] : []));
  }

  /** @param {string} text */
  #say(text) {
    write(this.wrong, text);
  }

  /** What the form says as the API wants it, or null after naming what is missing. */
  #body() {
    const missing = [];
    // A name typed in full needs no pick from the list.
    if (!this.place || (this.place.lon === undefined && this.where.value !== this.place.name)) {
      const [only] = areaItems(this.app.areas.typed, this.where.value.trim());
      this.place = only ? { area_code: only.id, name: only.label } : null;
    }
    if (!this.category) this.category = this.#categories(this.what.value)[0]?.id && this.what.value.trim() ? this.#categories(this.what.value)[0].id : "";
    if (!this.place) missing.push(["intake.where", this.where]);
    if (!this.category) missing.push(["intake.what", this.what]);
    if (!this.text.value.trim()) missing.push(["intake.text", this.text]);
    for (const input of [this.text, this.where, this.what]) input.parentElement?.closest(".field")?.classList.toggle("invalid", missing.some(([, one]) => one === input));
    if (missing.length || !this.place) {
      const unknown = !this.place && this.where.value.trim();
      if (unknown) this.#say(this.app.t("intake.no_such_place", { name: unknown }));
      else this.#say(this.app.t("form.missing", { fields: missing.map(([word]) => this.app.t(/** @type {string} */ (word))).join(this.app.t("list.comma")) }));
      /** @type {HTMLElement} */ (missing[0][1]).focus();
      return null;
    }
    const { lon, lat, area_code } = this.place;
    /** @type {any} */
    const body = { category: this.category, text: this.text.value.trim(), ...this.#who(), ...(lon === undefined ? { area_code } : { lon, lat }) };
    if (this.priority?.value()) body.priority = this.priority.value();
    return body;
  }

  async #send() {
    const body = this.#body();
    if (!body || this.button.disabled) return;
    this.button.disabled = true;
    try {
      const { case: record, query_code } = await this.attempts.post(this.app.api, "/api/cases", body);
      this.#clear();
      this.close();
      this.app.toast.show(this.app.t("intake.done", { number: record.number }), "good", query_code ? this.app.t("intake.code", { code: query_code }) : "");
      this.then.made(record);
    } catch (error) {
      const said = /** @type {any} */ (error).say?.(this.app.words) ?? String(error);
      this.#say(`${said} ${this.app.t(isUnsure(error) ? "intake.try_again" : "intake.kept")}`);
    } finally {
      this.button.disabled = false;
    }
  }

  #clear() {
    for (const input of [this.where, this.what, this.text, this.phone, this.caller]) input.value = "";
    this.place = null;
    this.category = "";
    this.byHand.clear();
    this.proposals.clear();
    this.priority = priorityInput(this.app);
    this.priorityHost.replaceChildren(this.priority.element);
    write(this.located, "");
    this.near.replaceChildren();
    this.#say("");
  }
}
