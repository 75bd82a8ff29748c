// Cases that wait to be taken or returned: they stand above everything, with their two buttons.
import { remaining } from "../core/clock.js";
import { el, mark, syncRows, write } from "../core/dom.js";
import { deskName, markOf } from "../console/tell.js";

/** @typedef {import("../console/order.js").Row} Row */

export class Offers {
  /** @param {import("../core/app.js").App} app @param {HTMLElement} host @param {{pick: (id: string) => void, make: (id: string, move: string) => void}} then */
  constructor(app, host, then) {
    this.app = app;
    this.host = host;
    this.then = then;
    this.list = el("div", { class: "offer-cards" });
    this.title = el("div", { class: "offer-title" }, mark("take"), el("b", { "data-w": "township.offers" }), el("span", { class: "badge count digits" }));
    host.append(this.title, this.list);
  }

  /** @param {Row[]} rows */
  show(rows) {
    this.host.classList.toggle("hidden", rows.length === 0);
    write(this.title.querySelector(".count"), rows.length);
    syncRows(this.list, rows, (row) => row.record.id, (row) => this.#card(row), (card, row) => this.#update(card, row));
  }

  /** @param {Row} row */
  #card({ record }) {
    const act = (/** @type {string} */ move, /** @type {string} */ css) => el("button", { class: `button ${css}`, dataset: { offerMove: move }, onclick: (/** @type {Event} */ event) => { event.stopPropagation(); this.then.make(record.id, move); } }, mark(move === "take" ? "take" : "down"), el("span", { "data-w": `move.${move}` }));
    const card = el("article", { class: "offer-card", onclick: () => this.then.pick(record.id) },
      el("div", { class: "offer-what" }, el("span", { class: "sign" }), el("b", { class: "name" }), el("span", { class: "place" }), el("span", { class: "left digits" })),
      el("div", { class: "offer-from muted" }), el("div", { class: "offer-moves" }, act("take", "primary"), act("return", "")));
    this.app.words.fill(card);
    return card;
  }

  /** @param {HTMLElement} card @param {Row} row */
  #update(card, { record, clock, colour }) {
    const { app } = this;
    const sign = /** @type {HTMLElement} */ (card.querySelector(".sign"));
    if (!sign.firstChild) sign.append(mark(markOf(app, record), `priority-${record.priority}`));
    card.dataset.colour = colour;
    write(card.querySelector(".name"), app.t(`category.${record.category}`));
    write(card.querySelector(".place"), app.areas.place(record.area_code, true));
    write(card.querySelector(".left"), clock ? remaining(clock, app.clock.now(), app.words).text.replace("-", "+") : "");
    write(card.querySelector(".offer-from"), `${app.t(`move.${record.offer.kind}`)} · ${app.t("township.from", { giver: deskName(app, record.offer.giver) })} · ${record.number}`);
  }
}
