// How many warning cards are open, by colour: a shape and a number each, and nothing of what they are about. Praise is for
// the desks: the wall has room for what must be put right.
import { el, mark } from "../core/dom.js";
import { Cards, counted } from "../warnings/cards.js";

export class Warned {
  /** @param {HTMLElement} place @param {import("../core/app.js").App} app */
  constructor(place, app) {
    this.place = place;
    this.app = app;
    this.cards = new Cards(app);
    this.drawn = "";
    this.cards.addEventListener("change", () => this.draw());
    this.ready = this.cards.load();
  }

  draw() {
    const counts = counted(this.cards.open, this.cards.colours).filter((one) => one.n > 0 && !this.cards.colours[one.colour].praises);
    const signature = JSON.stringify([this.app.words.lang, counts]);
    if (signature === this.drawn) return;
    this.drawn = signature;
    this.place.classList.toggle("hidden", counts.length === 0);
    this.place.replaceChildren(el("span", { class: "label" }, this.app.t("warn.wall")), ...counts.map((one) => el("span", { class: `count paint-${one.colour}` }, mark("alarm"), el("b", { class: "digits" }, one.n))));
  }
}
