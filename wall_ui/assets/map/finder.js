// The search of the map: any area, camera, facility, road, point of interest or open case, by the keyboard alone if wanted.
import { el, mark } from "../core/dom.js";
import { openCases } from "../core/selectors.js";
import { named } from "./card.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {{kind: string, id: string, name: string, name_en: string, detail: string, within: string, area_code: string, lon: number, lat: number, box: [number, number, number, number]|null}} Find */

const WAIT_MS = 90;
const MOST_CASES = 4;
const EACH = 5;
/** @type {Record<string, string>} */
const MARKS = { area: "frame", camera: "camera", facility: "facility", road: "road", poi: "pin", case: "case-dispute" };

/** What is found, as the server groups it. @param {App} app @param {string} text @param {number} [limit] @returns {Promise<{kind: string, count: number, items: Find[]}[]>} */
export async function ask(app, text, limit = EACH) {
  if (!text.trim()) return [];
  const { groups } = await app.api.get(`/api/search?limit=${limit}&q=${encodeURIComponent(text.trim().slice(0, 64))}`);
  return groups;
}

/** Open cases whose number ends or begins with what is typed; at least two digits. Pure. @param {any[]} cases @param {string} text @returns {any[]} */
export function casesByNumber(cases, text) {
  const typed = text.trim();
  if (!/^[\d-]{2,}$/.test(typed)) return [];
  return cases.filter(({ number }) => number.endsWith(typed) || number.startsWith(typed)).slice(0, MOST_CASES);
}

/** What a find is, in a word or two. @param {App} app @param {Find} find */
export function said(app, { kind, id, detail, area_code }) {
  const prefix = /** @type {Record<string, string>} */ ({ area: "map.layer", camera: "map.camera", facility: "map.facility", road: "map.road", poi: "map.poi" })[kind];
  const around = area_code ? app.areas.place(area_code) : "";
  // An English name says itself what kind of area it is.
  const what = (kind === "area" && app.areas.beside(id)) || (prefix && named(app, prefix, detail));
  return [what, around].filter(Boolean).join(" · ");
}

/** What a find is called. @param {App} app @param {Find} find */
export function calledFind(app, { kind, id, name, name_en }) {
  if (kind === "area") return app.areas.name(id);
  return (app.words.lang === "en" && name_en) || name;
}

export class Finder {
  /** @param {App} app @param {(find: Find) => void} go @param {(record: any) => void} goCase @param {number} [each] of a kind, at most */
  constructor(app, go, goCase, each = EACH) {
    this.each = each;
    this.app = app;
    this.go = go;
    this.goCase = goCase;
    this.turn = 0;
    this.at = 0;
    /** @type {(() => void)[]} */
    this.acts = [];
    this.input = /** @type {HTMLInputElement} */ (el("input", { class: "input", type: "text", autocomplete: "off", spellcheck: "false", maxlength: "64", "data-w-placeholder": "map.find.how", "data-w-aria-label": "map.find", role: "combobox" }));
    this.list = el("div", { class: "map-finds", role: "listbox" });
    this.element = el("div", { class: "map-finder hidden" }, el("div", { class: "map-find-line" }, mark("search"), this.input, el("button", { class: "map-close", "data-w-aria-label": "map.close", onclick: () => this.close() }, "×")), this.list);
    this.input.addEventListener("input", () => this.#soon());
    this.input.addEventListener("keydown", (event) => this.#key(event));
  }

  get isOpen() {
    return !this.element.classList.contains("hidden");
  }

  open() {
    this.app.words.fill(this.element);
    this.element.classList.remove("hidden");
    this.input.focus();
    this.input.select();
  }

  /** @returns {boolean} whether it was open */
  close() {
    const open = this.isOpen;
    this.element.classList.add("hidden");
    this.input.blur();
    return open;
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#look(), WAIT_MS);
  }

  async #look() {
    const mine = ++this.turn;
    const text = this.input.value;
    try {
      const groups = await ask(this.app, text, this.each);
      if (mine === this.turn) this.#draw(text, groups);
    } catch (error) {
      if (mine === this.turn) this.app.toast.fail(error);
    }
  }

  /** @param {string} text @param {{kind: string, count: number, items: Find[]}[]} groups */
  #draw(text, groups) {
    const { app } = this;
    this.acts = [];
    this.at = 0;
    const row = (/** @type {string} */ kind, /** @type {string} */ name, /** @type {string} */ hint, /** @type {() => void} */ act) => {
      const number = this.acts.push(() => {
        this.close();
        act();
      }) - 1;
      return el("div", { class: "map-find", role: "option", dataset: { kind }, onpointerdown: (/** @type {Event} */ event) => {
        event.preventDefault();
        this.acts[number]();
      } }, mark(MARKS[kind] ?? "pin"), el("span", { class: "name" }, name), el("span", { class: "hint" }, hint));
    };
    const cases = casesByNumber(openCases(app.store), text).map((record) => row("case", record.number, `${app.t(`category.${record.category}`)} · ${app.areas.place(record.area_code)}`, () => this.goCase(record)));
    const parts = groups.flatMap(({ kind, count, items }) => [
      el("h4", {}, app.t(`map.found.${kind}`), el("span", { class: "digits" }, count > items.length ? `${items.length} / ${count}` : count)),
      ...items.map((find) => row(kind, calledFind(app, find), said(app, find), () => this.go(find))),
    ]);
    if (cases.length) parts.unshift(el("h4", {}, app.t("map.found.case")), ...cases);
    if (!parts.length && text.trim()) parts.push(el("p", { class: "muted" }, app.t("map.find.none")));
    this.list.replaceChildren(...parts);
    this.#point();
  }

  #point() {
    this.list.querySelectorAll(".map-find").forEach((row, i) => row.setAttribute("aria-selected", String(i === this.at)));
    this.list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const whole = this.acts.length;
      if (whole) this.at = (this.at + (event.key === "ArrowDown" ? 1 : whole - 1)) % whole;
      this.#point();
    } else if (event.key === "Enter") this.acts[this.at]?.();
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
