// The steps of the case's procedure: ticked off by those who work on it, seen by all who see the case.
import { el } from "../core/dom.js";
import { section, when } from "./sheet_story.js";
import { deskName } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

export class Steps {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.element = el("div", { class: "procedure" });
    this.id = /** @type {string|null} */ (null);
    /** @type {any} */
    this.answer = null;
    this.folded = true;
  }

  forget() {
    this.id = null;
    this.answer = null;
    this.folded = true;
    this.element.replaceChildren();
  }

  /** @param {string} id */
  async load(id) {
    this.id = id;
    try {
      const answer = await this.app.api.get(`/api/cases/${id}/procedure`);
      if (this.id === id) this.#show(answer);
    } catch (error) {
      // The sheet itself says when the case is gone; without its steps it still stands.
      console.warn("procedure", error);
    }
  }

  /** @param {any} answer */
  #show(answer) {
    if (JSON.stringify(answer) === JSON.stringify(this.answer) && this.element.firstChild) return;
    this.answer = answer;
    this.redraw();
  }

  /** Required steps that nobody has ticked off. */
  get left() {
    return (this.answer?.procedure.steps ?? []).filter((/** @type {any} */ step) => step.required && !step.tick);
  }

  redraw() {
    const { app, answer } = this;
    if (!answer) return;
    const { steps } = answer.procedure;
    const english = app.words.lang === "en";
    const done = steps.filter((/** @type {any} */ step) => step.tick).length;
    const title = el("summary", {}, el("span", {}, english ? answer.procedure.name_en : answer.procedure.name), el("b", { class: `digits ${this.left.length ? "" : "is-green"}` }, `${done}/${steps.length}`), this.left.length ? el("span", { class: "muted" }, app.t("steps.left", { n: this.left.length })) : null);
    const fold = /** @type {HTMLDetailsElement} */ (el("details", { class: "procedure-fold", open: !this.folded }, title, el("ol", { class: "procedure-steps" }, ...steps.map((/** @type {any} */ step) => this.#row(step, english)))));
    fold.addEventListener("toggle", () => { this.folded = !fold.open; });
    this.element.replaceChildren(section(app, "steps.title", fold));
  }

  /** @param {any} step @param {boolean} english */
  #row(step, english) {
    const { app, answer } = this;
    const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: Boolean(step.tick), disabled: !answer.may_tick, onchange: () => void this.#tick(step.key, box) }));
    const see = step.see ? el("a", { class: "see", href: `/handbook#${step.see.key}`, target: "_blank", rel: "noopener" }, english ? step.see.name_en : step.see.name) : null;
    const by = step.tick ? el("span", { class: "muted by" }, `${when(app, step.tick.at)} ${deskName(app, step.tick.actor_desk)} ${app.latin.person(step.tick.actor_name)}`) : null;
    return el("li", { class: step.tick ? "done" : "" }, el("label", {}, box, el("span", {}, english ? step.text_en : step.text, step.required ? el("i", { class: "must" }, app.t("steps.must")) : null)), el("div", { class: "beside" }, by, see));
  }

  /** @param {string} step @param {HTMLInputElement} box */
  async #tick(step, box) {
    box.disabled = true;
    try {
      this.#show(await this.app.api.post(`/api/cases/${this.id}/steps`, { step, done: box.checked }));
    } catch (error) {
      box.checked = !box.checked;
      box.disabled = false;
      this.app.toast.fail(error);
    }
  }
}
