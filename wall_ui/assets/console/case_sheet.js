// The sheet of one case: everything about it, and every move that is allowed now. Used by console, township and leader.
//
//   const sheet = new CaseSheet(app, host, { desks, close, route, askPlace, select });
//   sheet.open(id); sheet.close(); sheet.key("a"); sheet.make("note", { text }); sheet.tick(); sheet.stop();
//
// Head, clocks and units come from the store; words, history and moves from GET /api/cases/{id}, asked again whenever the
// record changes. What somebody has typed outlives every redraw, every failure and a change of the case.
import { el, write } from "../core/dom.js";
import { Attempts } from "./attempt.js";
import { isBare, GRAVE, KEY_OF_MOVE, MARK_OF_MOVE, moveOfKey, movesOfKey, primaryMove, splitMoves, UNIT_MOVES } from "./moves.js";
import { mark } from "../core/dom.js";
import { buildFiles, sendFiles } from "./sheet_files.js";
import { filesOf } from "../core/files.js";
import { MoveForm } from "./sheet_form.js";
import { buildHead, buildNotices, tickHead } from "./sheet_head.js";
import { buildClocks } from "./sheet_clocks.js";
import { buildChain, buildNear, buildReports, buildStory, section } from "./sheet_story.js";
import { Same } from "./sheet_same.js";
import { Steps } from "./sheet_steps.js";
import { buildAssigned, Recommended } from "./sheet_units.js";
import { since } from "./story.js";
import { actorInWords, shortfallOf, whyNot } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */
/**
 * @typedef {object} Surroundings what the page offers to its sheet; each may be left out
 * @property {any[]} [desks] rows of GET /api/directory
 * @property {(desk: string) => {id: string, name: string}[]} [beside] area desks of the same parent
 * @property {() => void} [close]
 * @property {(line: [number, number][]|null, unit: string|null) => void} [route] draws the way of a unit
 * @property {null|(() => Promise<{lon: number, lat: number}|null>)} [askPlace] lets somebody click a place on the map
 * @property {(unit: string) => void} [showUnit]
 */

const RELOAD_AFTER_MS = 120;
/** Moves that add and replace nothing: they are right whatever somebody else has changed meanwhile. */
const ADDS_ONLY = new Set(["note"]);

export class CaseSheet {
  /** @param {App} app @param {HTMLElement} host @param {Surroundings} [around] */
  constructor(app, host, around = {}) {
    this.app = app;
    this.host = host;
    this.around = around;
    this.id = /** @type {string|null} */ (null);
    /** @type {any} */
    this.detail = null;
    this.attempts = new Attempts();
    /** @type {Map<string, any>} what was typed, by case and move */
    this.drafts = new Map();
    /** @type {MoveForm|null} */
    this.form = null;
    this.busy = false;
    /** @type {Map<string, string>} what each part was drawn from */
    this.drawn = new Map();
    this.parts = Object.fromEntries(["head", "notices", "actions", "form", "same", "report", "files", "assigned", "recommended", "steps", "story"].map((name) => [name, el("div", { class: `sheet-part at-${name}` })]));
    this.body = el("div", { class: "sheet-body" }, this.parts.form, this.parts.same, this.parts.report, this.parts.files, this.parts.assigned, this.parts.recommended, this.parts.steps, this.parts.story);
    this.element = el("article", { class: "case-sheet hidden", "aria-label": app.t("case.case") }, this.parts.head, this.parts.notices, this.parts.actions, this.body);
    host.append(this.element);
    this.steps = new Steps(app);
    this.parts.steps.append(this.steps.element);
    this.same = new Same(app, { merge: (found, why) => void this.make("merge", { into: found.case.id, reason: why }) });
    this.parts.same.append(this.same.element);
    this.recommended = new Recommended(app, { send: (units) => void this.dispatch(units), route: (line, unit) => around.route?.(line, unit), raise: () => (this.allowed.has("raise_alarm") ? () => void this.#raise() : null) });
    this.stops = [
      app.store.subscribe((changes) => this.id && (changes.all || changes.cases.has(this.id)) && this.#changed()),
      listen(app.socket, "presence", (event) => this.#presence(event.detail)),
      listen(app.words, "change", () => this.redraw()),
      listen(document, "paste", (event) => this.#paste(event)),
    ];
  }

  stop() {
    this.stops.forEach((stop) => stop());
    clearTimeout(this.timer);
    this.element.remove();
  }

  /** The record as the newest source has it. */
  get record() {
    const kept = this.id ? this.app.store.cases.get(this.id) : null;
    const told = this.detail?.case;
    if (!kept || !told) return kept ?? told ?? null;
    return kept.version >= told.version ? kept : told;
  }

  /** @param {string|null} id */
  open(id) {
    if (id === this.id) return;
    this.#keepDraft();
    this.id = id;
    this.detail = null;
    this.form = null;
    this.recommended.forget();
    this.steps.forget();
    this.same.forget();
    this.app.socket.viewing(id);
    this.element.classList.toggle("hidden", !id);
    this.body.scrollTop = 0;
    this.redraw();
    if (id) void this.reload();
  }

  close() {
    this.open(null);
  }

  redraw() {
    this.drawn.clear();
    this.#draw();
    this.recommended.redraw();
    this.steps.redraw();
    this.same.redraw();
  }

  async reload() {
    const id = this.id;
    if (!id) return;
    try {
      const detail = await this.app.api.get(`/api/cases/${id}`);
      if (this.id !== id) return;
      this.detail = detail;
      this.app.store.put(detail.case);
      this.#draw();
      this.#recommend();
      void this.steps.load(id);
      void this.same.load(id, this.allowed.has("merge"));
      return detail;
    } catch (error) {
      if (this.id !== id) return;
      if (/** @type {any} */ (error).status === 404) this.#gone();
      else this.app.toast.fail(error);
    }
  }

  #gone() {
    this.app.toast.show(this.app.t("sheet.gone"), "warn");
    this.around.close?.();
  }

  #changed() {
    this.#draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.reload(), RELOAD_AFTER_MS);
  }

  /** A picture that was copied goes to the open case. @param {ClipboardEvent} event */
  #paste(event) {
    const files = filesOf(event.clipboardData);
    if (!files.length || !this.id || !this.allowed.has("note")) return;
    event.preventDefault();
    void sendFiles(this.app, this.id, files, () => void this.reload());
  }

  /** @param {any} message */
  #presence(message) {
    if (!this.detail || message.case_id !== this.id) return;
    this.detail.viewers = message.viewers;
    this.#draw();
  }

  tick() {
    const { record } = this;
    const head = /** @type {HTMLElement|null} */ (this.parts.head.firstElementChild);
    if (record && head) tickHead(this.app, head, record);
    if (this.#wantsUnits() && this.recommended.isStale) this.#recommend();
  }

  /** The moves allowed now. */
  get allowed() {
    return new Set((this.detail?.moves ?? []).filter((/** @type {any} */ one) => one.allowed).map((/** @type {any} */ one) => one.move));
  }

  /** Redraws a part when what it shows has changed: a button must not vanish under a finger. @param {string} name @param {unknown} from @param {() => (Node|null)[]} build */
  #part(name, from, build) {
    const signature = JSON.stringify(from);
    if (this.drawn.get(name) === signature) return;
    this.drawn.set(name, signature);
    this.parts[name].replaceChildren(...build().filter((node) => node !== null));
  }

  #draw() {
    const { record, app, detail, allowed } = this;
    if (!record) return;
    const lang = app.words.lang;
    const moves = [...allowed];
    this.#part("head", [lang, record.version, record.id], () => [buildHead(app, record, () => this.around.close?.())]);
    this.#part("notices", [lang, record.offer, record.supervision, record.request, record.suspended_until, record.help, record.merged_into, record.returns, record.preservation, detail?.viewers, detail?.texts.length], () => buildNotices(app, record, detail?.viewers ?? [], detail?.texts ?? []));
    this.#part("actions", [lang, record.id, record.status, record.offer, detail?.moves, this.form?.move], () => this.#actions());
    this.#part("form", [record.id, this.form?.move, lang], () => [this.form?.element ?? null]);
    this.#part("assigned", [lang, record.assignments, moves], () => this.#assigned());
    this.#part("recommended", [record.id, this.#wantsUnits()], () => [this.#wantsUnits() ? this.recommended.element : null]);
    this.#part("report", [lang, record.id, detail?.reports, detail?.erased], () => [detail ? buildReports(app, detail.reports, detail.erased ?? []) : null]);
    this.#part("files", [lang, record.id, detail?.attachments, allowed.has("note")], () => [detail ? buildFiles(app, detail, allowed.has("note"), () => void this.reload()) : null]);
    this.#part("story", [lang, record.version, detail?.history.length, detail?.texts.length], () => this.#story());
    this.tick();
  }

  #actions() {
    const { app, allowed, record } = this;
    if (!this.detail) return [el("div", { class: "muted sheet-wait" }, app.t("app.loading"))];
    const views = splitMoves(this.detail.moves);
    const primary = primaryMove(record, app.session.actor.desk, allowed);
    const button = (/** @type {any} */ view) => el("button", { class: `button move ${view.move === primary ? "primary" : ""} ${GRAVE.has(view.move) ? "danger" : ""} ${this.form?.move === view.move ? "on" : ""}`, dataset: { move: view.move }, onclick: () => this.start(view.move) },
      MARK_OF_MOVE[view.move] ? mark(MARK_OF_MOVE[view.move]) : null, el("span", {}, app.t(`move.${view.move}`)), KEY_OF_MOVE[view.move] ? el("kbd", {}, KEY_OF_MOVE[view.move].toUpperCase()) : null);
    const others = views.others.length ? el("details", { class: "why-not" }, el("summary", {}, app.t("sheet.why_not", { n: views.others.length })), ...views.others.map((view) => el("div", { class: "why-row" }, el("b", {}, app.t(`move.${view.move}`)), el("span", { class: "muted" }, whyNot(app, view, record))))) : null;
    const first = views.allowed.filter((view) => view.move === primary);
    const rest = views.allowed.filter((view) => view.move !== primary);
    const seldom = views.seldom.length ? el("details", { class: "why-not seldom", open: views.seldom.some((view) => view.move === this.form?.move) }, el("summary", {}, app.t("sheet.seldom", { n: views.seldom.length })), el("div", { class: "move-grid" }, ...views.seldom.map(button))) : null;
    return [...first.map(button), rest.length ? el("div", { class: "move-grid" }, ...rest.map(button)) : null, el("div", { class: "folds" }, seldom, others)];
  }

  #assigned() {
    const { app, record, allowed } = this;
    if (!record.assignments.length) return [];
    const rows = buildAssigned(app, record, allowed, {
      unitMove: (move, unit) => void this.make(move, { unit }),
      recall: (unit) => void this.make("recall", { units: [unit] }),
      show: (unit) => this.around.showUnit?.(unit),
    });
    return [section(app, "sheet.assigned", ...rows)];
  }

  #story() {
    const { app, detail, record } = this;
    if (!detail) return [];
    return [buildNear(app, record), buildChain(app, record), buildClocks(app, record, detail.clocks), buildStory(app, detail, record)];
  }

  /** Whether this desk could send somebody now, or could once it has accepted. */
  #wantsUnits() {
    return this.allowed.has("dispatch") || (this.allowed.has("accept") && this.record?.status === "pending");
  }

  #recommend() {
    if (!this.record || !this.#wantsUnits()) return;
    const verb = this.allowed.has("dispatch") ? "dispatch" : "accept_dispatch";
    const sent = this.record.assignments.some((/** @type {any} */ one) => one.cleared_at === null);
    // Over the head of the desk that has it one may send units; it must not look as if one were expected to.
    const over = this.record.holder !== this.app.session.actor.desk;
    void this.recommended.load(this.record, { verb, fold: over ? "over" : sent ? "more" : null });
  }

  /** One level up, at once; the plan is filled anew. */
  async #raise() {
    if (await this.make("raise_alarm")) this.#recommend();
  }

  /** Begins a move: makes it at once when nothing is needed, else shows its form. @param {string} move */
  start(move) {
    const view = this.detail?.moves.find((/** @type {any} */ one) => one.move === move);
    if (!view?.allowed) {
      this.app.toast.show(this.app.t("sheet.not_now", { move: this.app.t(`move.${move}`) }), "warn", view ? whyNot(this.app, view, this.record) : "");
      return;
    }
    if (move === "dispatch") return void this.dispatch(this.recommended.chosen);
    if (this.form?.move === move) return this.form.focus();
    if (isBare(view)) return void this.make(move);
    this.#keepDraft();
    this.form = new MoveForm(this.app, view, this.record, { desks: this.around.desks ?? [], beside: this.around.beside ?? (() => []), askPlace: this.around.askPlace ?? null }, { send: (fields) => void this.make(move, fields), close: () => this.back() });
    this.form.restore(this.drafts.get(`${this.id} ${move}`));
    this.#draw();
    this.body.scrollTop = 0;
    this.form.focus();
  }

  /** Steps back: closes the form, keeping what was typed. Returns whether there was one. */
  back() {
    if (!this.form) return false;
    this.#keepDraft();
    this.form = null;
    this.#draw();
    return true;
  }

  #keepDraft() {
    if (this.form) this.drafts.set(`${this.id} ${this.form.move}`, this.form.draft());
  }

  /** Does what a letter stands for on this case; says why when it is not allowed. Returns whether it was a move's letter. @param {string} letter */
  key(letter) {
    if (!this.detail) return false;
    if (letter === "d" && this.allowed.has("accept") && !this.allowed.has("dispatch")) {
      void this.dispatch(this.recommended.chosen);
      return true;
    }
    const move = moveOfKey(letter, this.allowed) ?? movesOfKey(letter)[0];
    if (move) this.start(move);
    return Boolean(move);
  }

  /** Sends units; accepts the case first where that has not been done. @param {string[]} units */
  async dispatch(units) {
    if (!units.length) {
      this.app.toast.show(this.app.t("sheet.choose_unit"), "warn", this.recommended.shortfall ? shortfallOf(this.app, this.recommended.shortfall) : "");
      this.recommended.focus();
      return;
    }
    const chosen = this.recommended.candidates.filter((one) => units.includes(one.unit.id));
    const reason = chosen.map((one) => `${one.unit.name}：${one.reason}`).join("；").slice(0, 1000);
    if (!this.allowed.has("dispatch") && this.allowed.has("accept") && !(await this.make("accept"))) return;
    const sent = await this.make("dispatch", reason ? { units, reason } : { units });
    if (sent) {
      this.recommended.ticked.clear();
      this.recommended.redraw();
      this.around.route?.(null, null);
    }
  }

  /** Makes a move. On failure everything typed stays. @param {string} move @param {any} [fields] @returns {Promise<any>} the new record, or null */
  async make(move, fields = {}) {
    const seen = this.record;
    if (!seen || this.busy) return null;
    this.#wait(true);
    try {
      const body = ADDS_ONLY.has(move) ? { move, ...fields } : { move, expected_version: seen.version, ...fields };
      const answer = await this.attempts.post(this.app.api, `/api/cases/${seen.id}/moves`, body);
      this.#made(move, seen, answer.case);
      return answer.case;
    } catch (error) {
      await this.#failed(move, seen, /** @type {any} */ (error));
      return null;
    } finally {
      this.#wait(false);
    }
  }

  /** @param {boolean} busy */
  #wait(busy) {
    this.busy = busy;
    this.element.classList.toggle("busy", busy);
    this.form?.wait(busy);
  }

  /** @param {string} move @param {any} seen @param {any} record */
  #made(move, seen, record) {
    this.drafts.delete(`${seen.id} ${move}`);
    if (this.form?.move === move) this.form = null;
    this.app.store.put(record);
    const { t } = this.app;
    this.app.toast.show(t("sheet.done", { move: t(`move.${move}`), number: record.number }), "good");
    if (this.id === seen.id && this.detail) {
      this.detail.case = record;
      void this.reload();
    }
  }

  /** @param {string} move @param {any} seen @param {any} error */
  async #failed(move, seen, error) {
    if (error.code !== "stale_version") {
      this.app.toast.fail(error);
      if (error.status === 409 || error.status === 403) void this.reload();
      return;
    }
    if (error.body.case) this.app.store.put(error.body.case);
    const detail = this.id === seen.id ? await this.reload() : null;
    const told = since(detail?.history ?? [], seen.version).map((fact) => {
      const did = fact.kind.replace("case.", "");
      return this.app.t("sheet.stale_by", { who: actorInWords(this.app, fact.actor), move: this.app.t(`move.${did}`) });
    });
    this.app.toast.show(this.app.t("error.stale_version"), "warn", [...told, this.form ? this.app.t("sheet.kept") : ""].filter(Boolean).join(this.app.t("list.clause")));
    if (this.form) write(this.form.wrong, [...told, this.app.t("sheet.kept")].join(this.app.t("list.clause")));
    if (this.form && !this.allowed.has(move)) write(this.form.wrong, `${told.join(this.app.t("list.clause"))} ${this.app.t("sheet.not_now", { move: this.app.t(`move.${move}`) })}`);
  }
}

/** @param {EventTarget} target @param {string} kind @param {(event: any) => void} listener */
function listen(target, kind, listener) {
  target.addEventListener(kind, listener);
  return () => target.removeEventListener(kind, listener);
}

export { UNIT_MOVES };
