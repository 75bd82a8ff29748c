// The leader's page: counters live from the store, percentiles from the server, late cases with one click to supervise.
import { CaseSheet } from "../console/case_sheet.js";
import { el, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { mountHeader } from "../core/header.js";
import { levelOf } from "../core/areas.js";
import { buildCounts, drawCounts } from "./counts.js";
import { Figures, fillRows, hoursOf, PERIODS } from "./figures.js";
import { drawPhases } from "./phases.js";
import { openSupervise } from "./supervise.js";
import { barMinutes, counts, course, midnight } from "./tally.js";
import { Townships } from "./townships.js";
import { Trend } from "./trend.js";
import { Watch } from "./watch.js";
import { Cards } from "../warnings/cards.js";
import { accountsPart, ratingsPart } from "../warnings/oversight.js";
import { libraryPart, WarningsPanel } from "../warnings/panel.js";

/** @typedef {import("../core/app.js").App} App */

const place = (/** @type {HTMLElement} */ root, /** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-place="${name}"]`));

/** @param {HTMLElement} root @param {App} app */
export async function mount(root, app) {
  const page = new Leader(root, app);
  page.start();
  return () => page.stop();
}

class Leader {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.part = (/** @type {string} */ name) => place(root, name);
    this.area = /** @type {string|null} */ (null);
    this.ticked = "";
    this.figures = new Figures(app.api, (period) => hoursOf(period, app.clock.now(), midnight(app.clock.now())));
    this.trend = new Trend(this.part("trend"), this.part("trend-legend"), app);
    this.townships = new Townships(this.part("townships"), app, (code) => this.lookAt(code === this.area ? null : code));
    this.cards = new Cards(app);
    const cards = el("div", { class: "leader-cards hidden" });
    const openCase = (/** @type {string} */ id) => this.open(id);
    this.panel = new WarningsPanel(app, cards, this.cards, { openCase, parts: [libraryPart(app, openCase), accountsPart(app, openCase), ratingsPart(app)] });
    this.watch = new Watch(this.part("watch-tabs"), this.part("watch"), app, {
      open: (id) => this.open(id),
      supervise: (record) => openSupervise(app, record),
      area: (code) => this.lookAt(code),
      cards: { element: cards, count: () => this.cards.open.length },
    });
    this.onCards = () => this.watch.draw();
    this.cards.addEventListener("change", this.onCards);
    /** Whom a decision may name; filled once they are known. @type {any[]} */
    this.desks = [];
    this.sheet = new CaseSheet(app, this.part("sheet"), { close: () => this.open(null), desks: this.desks });
  }

  start() {
    const { app } = this;
    app.socket.desk = true;
    this.stops = [mountHeader(this.root, app), app.store.subscribe(() => this.live()), () => this.figures.stop(), () => this.trend.stop(), () => this.sheet.stop()];
    buildCounts(this.part("counts"), (tile) => this.pickTile(tile));
    this.drawFigures = this.drawFigures.bind(this);
    this.redraw = this.redraw.bind(this);
    this.onEvent = () => this.figures.soon();
    this.figures.addEventListener("change", this.drawFigures);
    app.words.addEventListener("change", this.redraw);
    app.socket.addEventListener("event", this.onEvent);
    this.onKey = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && !document.querySelector("dialog[open]") && !this.sheet.back() && this.open(null);
    addEventListener("keydown", this.onKey);
    this.timer = setInterval(() => this.tick(), 1000);
    this.redraw();
    app.connect();
    void this.cards.load();
    void app.api.get("/api/directory").then(({ desks }) => this.desks.push(...desks), (error) => app.toast.fail(error));
    void this.figures.load().then(() => {
      document.documentElement.dataset.drawn = "true";
    });
  }

  stop() {
    clearInterval(this.timer);
    removeEventListener("keydown", /** @type {any} */ (this.onKey));
    this.app.words.removeEventListener("change", this.redraw);
    this.app.socket.removeEventListener("event", /** @type {any} */ (this.onEvent));
    this.cards.stop();
    this.panel.stop();
    this.stops?.forEach((stop) => stop());
  }

  redraw() {
    this.live();
    this.drawFigures();
  }

  /** What the store tells, at once. */
  live() {
    const { store, clock } = this.app;
    const now = clock.now();
    const hours = course(store, now);
    const minutes = barMinutes(store, now);
    const day = { received: 0, closed: 0 };
    for (const row of hours) {
      day.received += row.received;
      day.closed += row.closed;
    }
    drawCounts(this.part("counts"), counts(store, now), day, this.app);
    if (store.loaded) this.trend.draw(minutes === 60 ? hours : course(store, now, minutes), minutes);
    write(this.root.querySelector(".at-trend h2"), this.app.t(`leader.trend.${minutes}`));
    this.watch.draw();
  }

  tick() {
    const { store, clock } = this.app;
    this.watch.draw();
    this.panel.tick();
    this.sheet.tick();
    // A clock runs out without an event that says so.
    const tally = counts(store, clock.now());
    const signature = `${tally.overdue} ${tally.soon} ${tally.late_answers} ${Math.floor(clock.now() / 60_000)}`;
    if (signature === this.ticked) return;
    this.ticked = signature;
    this.live();
  }

  drawFigures() {
    const { townships, tiers, period } = this.figures;
    const { t, areas } = this.app;
    this.part("period").replaceChildren(...PERIODS.map((one) => el("button", { type: "button", class: "chip", "aria-pressed": String(one === period), onclick: () => this.figures.use(one) }, t(`leader.period.${one}`))));
    drawPhases(this.part("phases"), tiers, this.app);
    const { error } = this.figures;
    // Old figures stay, with their time; that no newer ones came is said beside it.
    const asOf = townships ? t("leader.as_of", { time: hourMinute(townships.at ?? this.app.clock.now()) }) : "";
    write(this.part("as-of"), [error?.say ? error.say(this.app.words) : "", asOf].filter(Boolean).join(" · "));
    this.part("as-of").classList.toggle("is-red", Boolean(error));
    if (!townships) return;
    const all = /** @type {[string, string][]} */ (Object.entries(areas.names).filter(([code]) => code.length === 9 && levelOf(code) === "township"));
    const named = fillRows(townships.rows, all.sort(([a], [b]) => (a < b ? -1 : 1))).map((row) => ({ ...row, name: areas.name(row.key), beside: areas.beside(row.key) }));
    this.townships.draw(named, townships.total);
  }

  /** Looks into one township, or back at the county. @param {string|null} code */
  lookAt(code) {
    this.area = code;
    this.townships.picked = code;
    this.watch.show(code ? "area" : "late", code);
    this.drawFigures();
    if (code && matchMedia("(max-width: 900px)").matches) this.part("watch-tabs").scrollIntoView({ behavior: "smooth" });
  }

  /** @param {string} tile */
  pickTile(tile) {
    if (tile === "supervised") {
      this.lookAt(null);
      this.watch.show("orders");
    } else if (tile === "overdue") this.lookAt(null);
    else if (tile === "open") this.lookAt(this.app.session.actor.area);
  }

  /** @param {string|null} id */
  open(id) {
    this.watch.selected = id;
    this.part("sheet").classList.toggle("hidden", !id);
    this.sheet.open(id);
    this.watch.draw();
  }
}
