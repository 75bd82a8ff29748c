// The leader on duty and the telephone number.
import { el, mark } from "../core/dom.js";

const POLL_MS = 60_000;

export class Duty {
  /** @param {HTMLElement} place @param {import("../core/app.js").App} app */
  constructor(place, app) {
    this.place = place;
    this.app = app;
    /** @type {{name: string, title: string, telephone: string}|null} */
    this.leader = null;
    this.shown = "";
    this.ready = this.#poll();
  }

  async #poll() {
    try {
      this.leader = (await this.app.api.get("/api/directory")).on_duty ?? null;
    } catch (error) {
      console.warn("directory", error);
    }
    this.draw();
    setTimeout(() => this.place.isConnected && this.#poll(), POLL_MS);
  }

  draw() {
    const { app, leader } = this;
    // Asked for with every change of the county; it changes with the shift.
    const shown = `${app.t("wall.leader_on_duty")} ${app.latin.person(leader?.name)} ${leader?.telephone}`;
    if (shown === this.shown) return;
    this.shown = shown;
    const label = el("span", { class: "label" }, app.t("wall.leader_on_duty"));
    if (!leader) {
      this.place.replaceChildren(label, el("span", { class: "muted" }, app.t("wall.no_leader")));
      return;
    }
    this.place.replaceChildren(label, el("span", { class: "name" }, app.latin.person(leader.name)), mark("phone"), el("span", { class: "phone digits" }, leader.telephone));
  }
}
