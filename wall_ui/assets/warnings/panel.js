// A desk's warnings: open cards on top, closed ones below; beside them the library of good practice, and what else a page adds.
import { el, mark, syncRows, write } from "../core/dom.js";
import { duration } from "../core/clock.js";
import { when } from "../console/sheet_story.js";
import { cause } from "./cards.js";
import { openCard } from "./card_sheet.js";
import { pageByPage, pagePath } from "./more.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {{name: string, word: string, draw: (host: HTMLElement) => void|Promise<void>}} Part another list in the same place */

const MOST_CLOSED = 20;

export class WarningsPanel {
  /**
   * @param {App} app @param {HTMLElement} host @param {import("./cards.js").Cards} cards
   * @param {{openCase: (id: string) => void, parts?: Part[]}} does
   */
  constructor(app, host, cards, does) {
    this.app = app;
    this.cards = cards;
    this.does = does;
    this.shown = "cards";
    this.chips = el("div", { class: "warn-chips", role: "tablist" });
    this.open = el("ul", { class: "rows warn-rows" });
    this.none = el("p", { class: "muted none-here" });
    this.closedTitle = el("h3", { class: "warn-closed-title muted" });
    this.closed = el("ul", { class: "rows warn-rows closed" });
    this.list = el("div", {}, this.none, this.open, this.closedTitle, this.closed);
    this.other = el("div", { class: "warn-other hidden" });
    host.replaceChildren(this.chips, this.list, this.other);
    this.redraw = () => this.draw();
    this.reshow = () => this.show(this.shown);
    cards.addEventListener("change", this.redraw);
    app.words.addEventListener("change", this.reshow);
    this.draw();
  }

  stop() {
    this.cards.removeEventListener("change", this.redraw);
    this.app.words.removeEventListener("change", this.reshow);
  }

  /** @param {string} name */
  show(name) {
    this.shown = name;
    const part = (this.does.parts ?? []).find((one) => one.name === name);
    this.list.classList.toggle("hidden", Boolean(part));
    this.other.classList.toggle("hidden", !part);
    if (part) void part.draw(this.other);
    this.draw();
  }

  draw() {
    const { app, cards } = this;
    const tabs = [{ name: "cards", word: "warn.cards" }, ...(this.does.parts ?? [])];
    this.chips.replaceChildren(...tabs.map((one) => el("button", { type: "button", role: "tab", class: "chip", "aria-selected": String(one.name === this.shown), "aria-pressed": String(one.name === this.shown), onclick: () => this.show(one.name) }, app.t(one.word))));
    const { open } = cards;
    write(this.none, open.length ? "" : app.t(cards.loaded ? "warn.none" : "app.loading"));
    this.none.classList.toggle("hidden", open.length > 0);
    this.#rows(this.open, open);
    const closed = cards.closed.slice(0, MOST_CLOSED);
    write(this.closedTitle, closed.length ? app.t("warn.closed", { n: cards.closed.length }) : "");
    this.#rows(this.closed, closed);
  }

  tick() {
    for (const row of this.open.children) this.#limit(/** @type {HTMLElement} */ (row), this.cards.byId.get(/** @type {HTMLElement} */ (row).dataset.key ?? ""));
  }

  /** @param {HTMLElement} list @param {any[]} cards */
  #rows(list, cards) {
    syncRows(list, cards, (card) => card.id, (card) => this.#make(card), (row, card) => this.#update(row, card));
  }

  /** @param {any} card */
  #make(card) {
    const open = () => openCard(this.app, this.cards, card.id, { openCase: this.does.openCase });
    const row = el("li", { class: `row pick warn-row paint-${card.colour}`, tabindex: "0", onclick: open },
      el("span", { class: "warn-sign" }, mark(signOf(card))),
      el("div", { class: "grow" }, el("div", { class: "first" }, el("b", { class: "subject" }), el("span", { class: "badge status" })), el("div", { class: "rule" }), el("div", { class: "cause muted" }), el("div", { class: "limit" })));
    row.addEventListener("keydown", (event) => event.key === "Enter" && event.target === row && open());
    return row;
  }

  /** @param {HTMLElement} row @param {any} card */
  #update(row, card) {
    const { app, cards } = this;
    write(row.querySelector(".subject"), cards.nameOf(card));
    write(row.querySelector(".status"), app.t(card.status === "closed" ? `warn.outcome.${card.outcome}` : `card_status.${card.status}`));
    write(row.querySelector(".rule"), `${cards.colourOf(card)} · ${cards.ruleOf(card)}`);
    write(row.querySelector(".cause"), cause(app, card));
    this.#limit(row, card);
  }

  /** How long there is to answer. @param {HTMLElement} row @param {any} card */
  #limit(row, card) {
    if (!card) return;
    const { app } = this;
    const shown = /** @type {HTMLElement} */ (row.querySelector(".limit"));
    const left_s = card.due_at ? (Date.parse(card.due_at) - app.clock.now()) / 1000 : 0;
    const owed = card.status === "rectifying";
    shown.className = `limit ${owed ? (left_s < 0 ? "is-red" : "is-amber") : "muted"}`;
    const time = duration(left_s, app.words).replace("-", "");
    write(shown, owed ? app.t(left_s < 0 ? "warn.answer_late" : "warn.answer_left", { time }) : app.t("warn.issued_at", { time: when(app, card.issued_at), number: card.number }));
  }
}

/** @param {any} card */
export function signOf(card) {
  return card.praises ? "star" : "alarm";
}

/** The library of good practice with its search. @param {App} app @param {(id: string) => void} openCase @returns {Part} */
export function libraryPart(app, openCase) {
  return {
    name: "library",
    word: "warn.practice",
    draw: async (host) => {
      const found = el("ul", { class: "rows practice-rows" });
      const words = /** @type {HTMLInputElement} */ (el("input", { type: "search", class: "input", placeholder: app.t("warn.search"), "aria-label": app.t("warn.search"), maxlength: "100" }));
      const { button, begin } = pageByPage(app, async (cursor) => {
        const answer = await app.api.get(pagePath("/api/practices", { q: words.value.trim() }, cursor));
        if (!cursor) found.replaceChildren();
        found.append(...answer.practices.map((/** @type {any} */ one) => practiceRow(app, one, openCase)));
        if (!found.childElementCount) found.append(el("li", { class: "muted none-here" }, app.t("warn.practice_none")));
        return answer.next;
      });
      /** @type {any} */
      let timer = 0;
      words.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => void begin(), 250);
      });
      host.replaceChildren(words, found, button);
      await begin();
    },
  };
}

/** @param {App} app @param {any} one @param {(id: string) => void} openCase */
function practiceRow(app, one, openCase) {
  const source = one.case_id ? el("button", { type: "button", class: "button small quiet", onclick: () => openCase(one.case_id) }, `${app.t(`category.${one.category}`)} ${one.case_number}`) : null;
  return el("li", { class: "row practice" }, el("div", { class: "grow" }, el("b", {}, one.title), el("p", {}, one.text), el("div", { class: "muted practice-from" }, `${app.areas.place(one.area_code, true)} · ${when(app, one.at)}`, source)));
}
