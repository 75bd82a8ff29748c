// What the words of a report propose, while they are typed: place, category, priority, and cases that it may tell again.
// One key takes one of them, one key takes all; what the dispatcher set by hand is never touched.
import { el, mark } from "../core/dom.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {"place"|"category"|"priority"} Part */
/** @typedef {{part: Part, key: string, value: any, label: string, why: string}} Row */

const AFTER_TYPING_MS = 250;
const LEAST_CHARACTERS = 4;
const MOST_PLACES = 3;
const MOST_DUPLICATES = 2;
/** Alt and a digit take one proposal, Alt and Enter all of them, Alt and J joins the likeliest case. @type {Record<string, Part|"join"|"all">} */
const KEYS = { Digit1: "place", Digit2: "category", Digit3: "priority", KeyJ: "join", Enter: "all", NumpadEnter: "all" };

/**
 * What a key press takes, or null. By the place of the key: with Alt some keyboards write another character.
 * @param {{altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, isComposing?: boolean, code?: string}} press
 */
export function takenBy(press) {
  if (!press.altKey || press.ctrlKey || press.metaKey || press.isComposing) return null;
  return KEYS[press.code ?? ""] ?? null;
}

/**
 * The first proposal of each part that the dispatcher has not set. Pure.
 * @param {any} answer @param {Set<Part>} byHand @param {(key: string) => string} t @param {"zh"|"en"} lang
 * @param {(place: any) => string} [where] what a place is called @returns {Row[]}
 */
export function rowsOf(answer, byHand, t, lang, where = placeLabel) {
  const why = (/** @type {any} */ one) => (lang === "en" ? one.reason_en : one.reason) ?? "";
  /** @type {Row[]} */
  const rows = [];
  const [place] = answer.places ?? [];
  if (place && !byHand.has("place")) rows.push({ part: "place", key: "1", value: place, label: where(place), why: why(place) });
  const [category] = answer.categories ?? [];
  if (category && !byHand.has("category")) rows.push({ part: "category", key: "2", value: category.category, label: t(`category.${category.category}`), why: quoted(category.words) });
  if (answer.priority && !byHand.has("priority")) {
    const { priority, words } = answer.priority;
    rows.push({ part: "priority", key: "3", value: priority, label: t(`priority.${priority}`), why: words.length ? `${why(answer.priority)}${t("list.colon")}${quoted(words)}` : t("proposal.usual") });
  }
  return rows;
}

/** @param {string[]} words */
function quoted(words) {
  return words.slice(0, 4).map((word) => `“${word}”`).join(" ");
}

/** A place with the area that tells it from others of its name. @param {any} place */
export function placeLabel(place) {
  const area = place.area_name.replace(/^.{2,6}?县(?=.)/, "");
  if (place.kind === "point") return place.name;
  return place.area_name.endsWith(place.name) ? area : `${place.name}（${area}）`;
}

const AREAS = new Set(["village", "township", "grid"]);

/** The same in the reader's language. @param {App} app @param {any} place */
export function placeSaid(app, place) {
  if (app.words.lang !== "en") return placeLabel(place);
  return AREAS.has(place.kind) ? app.areas.whole(place.area_code) : `${app.latin.called(place.name)} (${app.areas.place(place.area_code, true)})`;
}

export class Proposals {
  /**
   * @param {App} app
   * @param {{read: () => any, take: (part: Part, value: any) => void, join: (found: any) => void, byHand: Set<Part>}} form
   */
  constructor(app, form) {
    this.app = app;
    this.form = form;
    this.element = el("div", { class: "proposals", "aria-live": "polite" });
    this.serial = 0;
    /** @type {any} */
    this.answer = null;
    /** @type {number|undefined} */
    this.timer = undefined;
  }

  /** Asks anew once typing rests. */
  soon() {
    clearTimeout(this.timer);
    this.timer = /** @type {any} */ (setTimeout(() => void this.ask(), AFTER_TYPING_MS));
  }

  async ask() {
    const body = this.form.read();
    this.serial += 1;
    const serial = this.serial;
    if (body.text.trim().length < LEAST_CHARACTERS) return this.#show(null);
    try {
      const answer = await this.app.api.post("/api/intake/proposal", body);
      if (serial === this.serial) this.#show(answer);
    } catch {
      // A proposal is a convenience: the form works without it, and says nothing of it.
      if (serial === this.serial) this.#show(null);
    }
  }

  clear() {
    clearTimeout(this.timer);
    this.serial += 1;
    this.#show(null);
  }

  /** @param {any} answer */
  #show(answer) {
    this.answer = answer;
    this.draw();
  }

  draw() {
    const { app, answer } = this;
    if (!answer) return this.element.replaceChildren();
    const rows = this.rows();
    this.element.replaceChildren(
      ...(answer.nothing ? [el("div", { class: "muted" }, app.t("proposal.nothing"))] : []),
      ...rows.map((row) => this.#row(row)),
      ...this.#otherPlaces(),
      ...(rows.length > 1 ? [this.#button(app.t("proposal.all"), "Alt+Enter", () => this.take("all"), "small")] : []),
      ...(answer.duplicates ?? []).slice(0, MOST_DUPLICATES).map((/** @type {any} */ one, /** @type {number} */ n) => this.#duplicate(one, n)),
    );
  }

  /** @returns {Row[]} */
  rows() {
    return this.answer ? rowsOf(this.answer, this.form.byHand, (key) => this.app.t(key), this.app.words.lang, (place) => placeSaid(this.app, place)) : [];
  }

  /** @param {Row} row */
  #row(row) {
    return el("div", { class: "proposal", dataset: { part: row.part } },
      el("span", { class: "muted part" }, this.app.t(`proposal.${row.part}`)), el("b", {}, row.label), el("span", { class: "muted why", title: row.why }, row.why),
      this.#button(this.app.t("proposal.take"), `Alt+${row.key}`, () => this.take(row.part), "small"));
  }

  /** Other places that may be meant: one click each. */
  #otherPlaces() {
    const others = (this.answer.places ?? []).slice(1, MOST_PLACES);
    if (!others.length || this.form.byHand.has("place")) return [];
    const chips = others.map((/** @type {any} */ one) => el("button", { type: "button", class: "chip", title: this.app.words.lang === "en" ? one.reason_en : one.reason, onclick: () => this.form.take("place", one) }, placeSaid(this.app, one)));
    return [el("div", { class: "chips" }, el("span", { class: "muted" }, this.app.t("proposal.or")), ...chips)];
  }

  /** @param {any} found @param {number} order */
  #duplicate(found, order) {
    const { app } = this;
    const record = found.case;
    return el("div", { class: "proposal again" },
      el("a", { href: `#case=${record.id}` }, mark("alarm"), el("b", {}, app.t("proposal.again", { what: app.t(`category.${record.category}`), number: record.number }))),
      el("span", { class: "muted why" }, app.words.lang === "en" ? found.reason_en : found.reason),
      this.#button(app.t("proposal.join"), order ? "" : "Alt+J", () => this.form.join(found), order ? "small" : "small primary"));
  }

  /** @param {string} text @param {string} key @param {() => void} act @param {string} look */
  #button(text, key, act, look) {
    return el("button", { type: "button", class: `button ${look}`, onclick: act }, text, key ? el("kbd", {}, key) : null);
  }

  /** @param {Part|"all"|"join"} what */
  take(what) {
    if (what === "join") {
      const [first] = this.answer?.duplicates ?? [];
      if (first) this.form.join(first);
      return;
    }
    for (const row of this.rows()) if (what === "all" || what === row.part) this.form.take(row.part, row.value);
    this.draw();
  }

  /** Takes what a key press means; says whether it was one of ours. @param {KeyboardEvent} event */
  key(event) {
    const what = takenBy(event);
    if (!what) return false;
    event.preventDefault();
    event.stopPropagation();
    this.take(what);
    return true;
  }
}
