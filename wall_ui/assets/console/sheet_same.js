// Live cases that tell what the open one tells, each with the reason, and the one move that merges it.
import { el, mark } from "../core/dom.js";

/** @typedef {import("../core/app.js").App} App */

const MOST = 3;

export class Same {
  /** @param {App} app @param {{merge: (found: any, why: string) => void}} then */
  constructor(app, then) {
    this.app = app;
    this.then = then;
    this.element = el("div", { class: "same" });
    this.case_id = "";
    /** @type {any[]} */
    this.found = [];
    this.mayMerge = false;
  }

  /** Asks once for each case, and again when it changed. @param {string} case_id @param {boolean} mayMerge */
  async load(case_id, mayMerge) {
    if (this.case_id !== case_id) this.forget();
    this.case_id = case_id;
    this.mayMerge = mayMerge;
    try {
      const { duplicates } = await this.app.api.get(`/api/cases/${case_id}/duplicates`);
      if (this.case_id === case_id) this.found = duplicates;
    } catch {
      if (this.case_id === case_id) this.found = [];
    }
    this.redraw();
  }

  forget() {
    this.case_id = "";
    this.found = [];
    this.redraw();
  }

  redraw() {
    this.element.replaceChildren(...this.found.slice(0, MOST).map((one) => this.#row(one)));
  }

  /** @param {any} one */
  #row(one) {
    const { app } = this;
    const why = app.words.lang === "en" ? one.reason_en : one.reason;
    return el("div", { class: "proposal again" },
      el("a", { href: `#case=${one.case.id}` }, mark("alarm"), el("b", {}, app.t("proposal.again", { what: app.t(`category.${one.case.category}`), number: one.case.number }))),
      el("span", { class: "muted why" }, why),
      this.mayMerge ? el("button", { type: "button", class: "button small", dataset: { merge: one.case.id }, onclick: () => this.then.merge(one, why) }, app.t("proposal.join")) : null);
  }
}
