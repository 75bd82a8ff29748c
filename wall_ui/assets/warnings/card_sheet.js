// One card in a dialog: what caused it, what was demanded and answered, and the moves that are open to this desk now.
import { newKey } from "../core/api.js";
import { el, mark, write } from "../core/dom.js";
import { when } from "../console/sheet_story.js";
import { deskName } from "../console/tell.js";
import { cause, happened } from "./cards.js";
import { signOf } from "./panel.js";

/** @typedef {import("../core/app.js").App} App */

const PRIMARY = { acknowledge: true, answer: true };

/** @param {App} app @param {import("./cards.js").Cards} cards @param {string} id @param {{openCase: (id: string) => void}} does */
export function openCard(app, cards, id, does) {
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "dialog card-dialog" }));
  const sheet = new CardSheet(app, cards, id, dialog, does);
  dialog.addEventListener("close", () => {
    sheet.stop();
    dialog.remove();
  });
  // A click beside it closes it; what was typed into a form would be lost, so not while there is one.
  dialog.addEventListener("click", (event) => event.target === dialog && !sheet.form && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  void sheet.load();
}

class CardSheet {
  /** @param {App} app @param {import("./cards.js").Cards} cards @param {string} id @param {HTMLDialogElement} dialog @param {{openCase: (id: string) => void}} does */
  constructor(app, cards, id, dialog, does) {
    this.app = app;
    this.cards = cards;
    this.id = id;
    this.dialog = dialog;
    this.does = does;
    /** @type {any} */
    this.detail = null;
    /** @type {string|null} the move whose form is open */
    this.form = null;
    this.onChange = () => this.#changed();
    cards.addEventListener("change", this.onChange);
    this.draw();
  }

  stop() {
    this.cards.removeEventListener("change", this.onChange);
  }

  get card() {
    const kept = this.cards.byId.get(this.id);
    const told = this.detail?.card;
    return !told || (kept && kept.version > told.version) ? kept : told;
  }

  async load() {
    try {
      this.detail = await this.app.api.get(`/api/warnings/${this.id}`);
      Object.assign(this.cards.names, this.detail.names);
      this.draw();
    } catch (error) {
      this.app.toast.fail(error);
      this.dialog.close();
    }
  }

  #changed() {
    if (this.detail && (this.cards.byId.get(this.id)?.version ?? 0) > this.detail.card.version && !this.form) void this.load();
  }

  draw() {
    const { app, card, cards } = this;
    if (!card) return;
    const head = el("div", { class: `dialog-head card-head paint-${card.colour}` }, mark(signOf(card)), el("b", {}, cards.nameOf(card)), el("span", { class: "badge" }, cards.colourOf(card)), el("span", { class: "badge status" }, app.t(card.status === "closed" ? `warn.outcome.${card.outcome}` : `card_status.${card.status}`)), el("span", { class: "spring" }), el("button", { type: "button", class: "button quiet small", "aria-label": app.t("app.close"), onclick: () => this.dialog.close() }, mark("cross")));
    const body = el("div", { class: "dialog-body card-body" }, this.#cause(), this.#evidence(), this.#words(), this.#talks());
    this.dialog.replaceChildren(head, body, this.#foot());
  }

  #cause() {
    const { app, card, cards } = this;
    const facts = [
      app.t("warn.issued_at", { time: when(app, card.issued_at), number: card.number }),
      card.acknowledged_at ? app.t("warn.acknowledged_at", { time: when(app, card.acknowledged_at) }) : "",
      card.due_at ? app.t("warn.due_at", { time: when(app, card.due_at) }) : "",
      card.late_at ? app.t("warn.was_late") : "",
      card.rounds ? app.t("warn.rounds", { n: card.rounds }) : "",
    ];
    return el("section", {}, el("h3", {}, cards.ruleOf(card)), el("p", { class: "card-cause" }, cause(app, card)), el("p", { class: "muted" }, facts.filter(Boolean).join(" · ")));
  }

  #evidence() {
    const { app, card } = this;
    if (!card.evidence.length) return null;
    const rows = card.evidence.map((/** @type {any} */ one) => el("button", { type: "button", class: "evidence-row", onclick: () => this.#openCase(one.case_id) }, el("span", { class: "digits" }, one.number), el("span", {}, happened(app, one.what)), el("time", { class: "digits muted" }, when(app, one.at))));
    return el("section", {}, el("h3", {}, app.t("warn.evidence", { n: card.evidence.length })), el("div", { class: "evidence" }, ...rows));
  }

  /** @param {string} id */
  #openCase(id) {
    this.dialog.close();
    this.does.openCase(id);
  }

  #words() {
    const { app, detail } = this;
    if (!detail?.texts.length) return null;
    return el("section", {}, el("h3", {}, app.t("warn.words")), ...detail.texts.map((/** @type {any} */ one) => el("div", { class: "card-said" }, el("div", { class: "muted" }, `${app.t(`card_move.${one.kind}`)} · ${when(app, one.at)} · ${deskName(app, one.actor_desk)} ${app.latin.person(one.actor_name)}`), el("p", {}, one.text))));
  }

  #talks() {
    const { app, detail } = this;
    if (!detail?.talks.length) return null;
    return el("section", {}, el("h3", {}, app.t("warn.talks")), ...detail.talks.map((/** @type {any} */ one) => el("div", { class: "card-said" }, el("div", { class: "muted" }, app.t("warn.talk_of", { time: when(app, one.held_at), who: app.latin.person(one.who), by: app.latin.person(one.actor_name) })), el("p", {}, one.minutes))));
  }

  #foot() {
    const { app, card, detail } = this;
    const moves = (detail?.moves ?? []).filter((/** @type {any} */ one) => one.allowed);
    const print = card.notice_number ? el("a", { class: "button", href: `/api/warnings/${card.id}/notice`, target: "_blank", rel: "noopener" }, app.t("warn.print", { number: card.notice_number })) : null;
    const opened = moves.find((/** @type {any} */ one) => one.move === this.form);
    if (opened) return this.#form(opened);
    const buttons = moves.map((/** @type {any} */ one) => el("button", { type: "button", class: `button ${/** @type {any} */ (PRIMARY)[one.move] ? "primary" : ""}`, dataset: { cardMove: one.move }, onclick: () => this.#start(one) }, app.t(`card_move.${one.move}`)));
    return el("div", { class: "dialog-foot card-foot" }, print, el("span", { class: "spring" }), ...buttons);
  }

  /** @param {any} view */
  #start(view) {
    if (!view.fields.length) return void this.#make(view.move, {}, newKey(), null, []);
    this.form = view.move;
    this.draw();
    /** @type {HTMLElement|null} */ (this.dialog.querySelector("form textarea, form input"))?.focus();
  }

  /** @param {any} view */
  #form(view) {
    const { app } = this;
    const key = newKey();
    const inputs = new Map(view.fields.filter((/** @type {any} */ field) => field.type !== "flag").map((/** @type {any} */ field) => [field.name, this.#input(view.move, field)]));
    const wrong = el("p", { class: "wrong", role: "alert" });
    const decides = view.fields.some((/** @type {any} */ field) => field.type === "flag");
    const buttons = decides ? [this.#send("warn.failed", "", { passed: false }), this.#send("warn.passed", "primary", { passed: true })] : [this.#send(`card_move.${view.move}`, "primary", {})];
    const form = el("form", { class: "card-form" }, el("b", {}, app.t(`card_move.${view.move}`)), ...[...inputs].map(([name, input]) => el("label", { class: "field" }, app.t(`warn.field.${view.move}.${name}`), input)), wrong,
      el("div", { class: "card-foot" }, el("button", { type: "button", class: "button", onclick: () => { this.form = null; this.draw(); } }, app.t("app.cancel")), el("span", { class: "spring" }), ...buttons));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const said = /** @type {any} */ (event).submitter?.dataset.fields;
      void this.#make(view.move, { ...fieldsOf(inputs), ...JSON.parse(said ?? "{}") }, key, wrong, buttons);
    });
    return form;
  }

  /** @param {string} word @param {string} css @param {object} fields */
  #send(word, css, fields) {
    return el("button", { type: "submit", class: `button ${css}`, dataset: { fields: JSON.stringify(fields) } }, this.app.t(word));
  }

  /** @param {string} move @param {any} field */
  #input(move, field) {
    const { app, card } = this;
    const required = field.required ? { required: "" } : {};
    if (field.type === "days") return el("input", { type: "number", class: "input", min: "1", max: "30", value: String(this.cards.colours[card.colour]?.answer_days ?? 5), ...required });
    if (field.type === "moment") return el("input", { type: "datetime-local", class: "input", ...required });
    if (field.type === "case") return el("select", { class: "input" }, el("option", { value: "" }, "–"), ...card.evidence.map((/** @type {any} */ one) => el("option", { value: one.case_id }, `${one.number} ${happened(app, one.what)}`)));
    if (field.name === "text") return el("textarea", { rows: "4", maxlength: "4000", ...required }, move === "notify" ? app.t("warn.demands_template") : "");
    return el("input", { type: "text", class: "input", maxlength: "120", ...required });
  }

  /** @param {string} move @param {any} fields @param {string} key @param {Element|null} wrong @param {HTMLElement[]} buttons */
  async #make(move, fields, key, wrong, buttons) {
    const { app } = this;
    for (const button of buttons) /** @type {HTMLButtonElement} */ (button).disabled = true;
    try {
      const answer = await app.api.post(`/api/warnings/${this.id}/moves`, { move, expected_version: this.card.version, ...fields }, { key });
      this.form = null;
      this.cards.put(answer.card);
      app.toast.show(app.t("warn.done", { move: app.t(`card_move.${move}`), subject: this.cards.nameOf(answer.card) }), "good");
      await this.load();
    } catch (error) {
      const said = /** @type {any} */ (error).say?.(app.words) ?? String(error);
      if (wrong) write(wrong, said);
      else app.toast.show(said, "bad");
      for (const button of buttons) /** @type {HTMLButtonElement} */ (button).disabled = false;
      if (/** @type {any} */ (error).status === 412) this.detail = await app.api.get(`/api/warnings/${this.id}`);
    }
  }
}

/** What was filled in; empty fields stay away. @param {Map<any, any>} inputs */
function fieldsOf(inputs) {
  /** @type {Record<string, any>} */
  const fields = {};
  for (const [name, input] of inputs) {
    const value = input.value.trim();
    if (!value) continue;
    if (input.type === "number") fields[name] = Number(value);
    else if (input.type === "datetime-local") fields[name] = new Date(value).toISOString();
    else fields[name] = value;
  }
  return fields;
}
