// What went up and what became of it: where each case is now, and in which state.
import { tierOf } from "../core/areas.js";
import { el, mark, syncRows, write } from "../core/dom.js";
import { deskInFull, markOf } from "../console/tell.js";
import { when } from "../console/sheet_story.js";

/** @typedef {import("./lists.js").Went} Went */

export class WentUp {
  /** @param {import("../core/app.js").App} app @param {HTMLElement} host @param {(id: string) => void} pick */
  constructor(app, host, pick) {
    this.app = app;
    this.pick = pick;
    this.list = el("ul", { class: "rows went-rows" });
    this.nothing = el("div", { class: "queue-none muted" });
    host.append(this.list, this.nothing);
  }

  /** @param {Went[]} rows @param {string|null} selected */
  show(rows, selected) {
    syncRows(this.list, rows, (row) => row.record.id, (row) => this.#make(row), (element, row) => this.#update(element, row, selected));
    this.nothing.classList.toggle("hidden", rows.length > 0);
    write(this.nothing, this.app.t("township.none_went"));
  }

  /** @param {Went} row */
  #make({ record }) {
    return el("li", { class: "row pick went-row", onclick: () => this.pick(record.id) }, el("span", { class: "case-mark" }, mark(markOf(this.app, record), `priority-${record.priority}`)),
      el("div", { class: "grow" }, el("div", {}, el("b", { class: "name" }), el("span", { class: "place muted" })), el("div", { class: "became" })), el("div", { class: "went-side" }, el("span", { class: "badge status" }), el("time", { class: "digits muted" })));
  }

  /** @param {HTMLElement} element @param {Went} row @param {string|null} selected */
  #update(element, { record, state, at, holder }, selected) {
    const { app } = this;
    element.setAttribute("aria-selected", String(record.id === selected));
    element.dataset.state = state;
    write(element.querySelector(".name"), app.t(`category.${record.category}`));
    write(element.querySelector(".place"), ` ${app.areas.place(record.area_code, true)}`);
    const became = /** @type {HTMLElement} */ (element.querySelector(".became"));
    became.className = `became tier-${tierOf(holder)}`;
    const name = deskInFull(app, holder);
    write(became, state === "waits" ? app.t("township.waits", { to: name }) : state === "back" ? app.t("township.came_back") : app.t("township.now_with", { holder: name }));
    write(element.querySelector(".status"), app.t(`status.${record.status}`));
    write(element.querySelector("time"), when(app, at));
  }

  /** @param {string|null} id */
  select(id) {
    for (const row of this.list.children) row.setAttribute("aria-selected", String(/** @type {HTMLElement} */ (row).dataset.key === id));
  }
}
