// The desk of a township or a village: what is offered on top, what is held here, above and below, what went up and what
// became of it, and the units of the area. The same page on a laptop and on a phone.
import { el, mark, write } from "../core/dom.js";
import { place, toolButton } from "../console/desk.js";
import { openDirectory, openHelp } from "../console/directory.js";
import { Queue } from "../console/queue.js";
import { mounts, Screen } from "../console/screen.js";
import { unitName } from "../core/units.js";
import { caseInWords } from "../console/tell.js";
import { areaUnits, TABS, tabRows, wentUp } from "./lists.js";
import { Offers } from "./offers.js";
import { UnitList } from "./unit_list.js";
import { WentUp } from "./went_up.js";
import { Cards } from "../warnings/cards.js";
import { libraryPart, WarningsPanel } from "../warnings/panel.js";

/** @typedef {import("../core/app.js").App} App */

const CASE_TABS = ["held", "checks", "below", "above"];

/** @param {App} app */
async function leave(app) {
  await app.api.delete("/api/session").catch(() => {});
  location.assign("/login");
}

class Township extends Screen {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    super(root, app);
    this.tab = "held";
    const pick = (/** @type {string} */ id) => this.desk.selection.set(id, "row");
    this.offers = new Offers(app, place(root, "offers"), { pick, make: (id, move) => void this.#offer(id, move) });
    this.queue = new Queue(app, place(root, "queue"), pick);
    this.went = new WentUp(app, place(root, "went"), pick);
    this.units = new UnitList(app, place(root, "units"), (id) => {
      this.#view("map");
      this.desk.showUnit(id);
    });
    this.cards = new Cards(app);
    this.panel = new WarningsPanel(app, place(root, "warnings"), this.cards, { openCase: pick, parts: [libraryPart(app, pick)] });
    this.cards.addEventListener("change", () => app.store.loaded && this.draw());
    this.cards.addEventListener("issued", (event) => this.#warned(/** @type {CustomEvent} */ (event).detail));
    this.#tools();
    this.#tabs();
    this.#nav();
    this.follow();
    this.#view("list");
  }

  async start() {
    void this.cards.load();
    await this.desk.openMap({ offDuty: true, inset: () => ({ left: 24, right: 24, top: 24, bottom: 24 }) }, (pick) => void this.intake.locate(pick.lon, pick.lat));
    await this.desk.map.complete;
    if (!this.desk.selection.id) this.desk.map.fitArea(this.me.area, false);
    document.documentElement.dataset.drawn = "true";
  }

  stop() {
    this.cards.stop();
    this.panel.stop();
    super.stop();
  }

  #tools() {
    const { app } = this;
    const tools = place(this.root, "tools");
    tools.append(
      toolButton(app, "tool.intake", "plus", "N", () => this.#intake(), "accent"),
      toolButton(app, "tool.directory", "phone", "T", () => void openDirectory(app)),
      toolButton(app, "tool.locate", "frame", "L", () => this.locate()),
      this.desk.soundButton(),
      toolButton(app, "tool.help", "help", "?", () => openHelp(app), "help-tool"),
    );
    if (app.session.demonstration) tools.append(toolButton(app, "tool.give", "star", "G", () => void this.desk.give(), "demo"));
    this.#phoneTools();
  }

  /** The same on a phone, above the list, with what its header has no room for. */
  #phoneTools() {
    const { app } = this;
    const row = place(this.root, "hint");
    row.append(this.desk.soundButton(), toolButton(app, "tool.directory", "phone", "", () => void openDirectory(app)));
    if (app.session.demonstration) row.append(toolButton(app, "tool.give", "star", "", () => void this.desk.give(), "demo"));
    row.append(toolButton(app, "app.language", "layers", "", () => app.words.toggle()), toolButton(app, "app.log_out", "cross", "", () => void leave(app)));
  }

  #intake() {
    this.#view("map");
    this.intake.open();
  }

  #tabs() {
    const host = place(this.root, "tabs");
    // Grids are no desks: nothing is held below a village.
    const names = TABS.filter((name) => name !== "below" || this.me.desk.length < 12);
    this.tabButtons = Object.fromEntries(names.map((name) => {
      const button = el("button", { class: "tab", role: "tab", dataset: { tab: name }, onclick: () => this.#choose(name) }, el("span", { "data-w": `township.${name}` }), el("b", { class: "digits" }));
      host.append(button);
      return [name, button];
    }));
  }

  /** The bar at the bottom of a phone: list or map. */
  #nav() {
    const host = place(this.root, "nav");
    const button = (/** @type {string} */ view, /** @type {string} */ word, /** @type {string} */ sign) => el("button", { class: "nav", dataset: { view }, onclick: () => this.#view(view) }, mark(sign), el("span", { "data-w": word }));
    host.append(button("list", "township.cases", "layers"), button("map", "township.map", "frame"), el("button", { class: "nav new", onclick: () => this.#intake() }, mark("plus"), el("span", { "data-w": "tool.intake" })));
  }

  /** @param {string} view */
  #view(view) {
    this.root.dataset.view = view;
    for (const button of this.root.querySelectorAll(".nav[data-view]")) button.classList.toggle("on", /** @type {HTMLElement} */ (button).dataset.view === view);
    if (view === "map") this.desk?.map?.leaflet.invalidateSize({ animate: false });
  }

  /** @param {string} tab */
  #choose(tab) {
    this.tab = tab;
    this.draw();
  }

  draw() {
    const { app, me } = this;
    const records = [...app.store.cases.values()];
    const now_ms = app.clock.now();
    const lists = tabRows(records, me.desk, now_ms);
    const went = wentUp(records, me.desk);
    const units = areaUnits(app.store.units.values(), me.area);
    this.offers.show(lists.offers);
    this.rows = CASE_TABS.includes(this.tab) ? /** @type {any} */ (lists)[this.tab] : [];
    this.queue.empty = `township.none_${CASE_TABS.includes(this.tab) ? this.tab : "held"}`;
    this.queue.show(this.rows, this.desk.selection.id);
    this.went.show(went, this.desk.selection.id);
    this.units.show(units);
    place(this.root, "queue").classList.toggle("hidden", !CASE_TABS.includes(this.tab));
    place(this.root, "went").classList.toggle("hidden", this.tab !== "went_up");
    place(this.root, "units").classList.toggle("hidden", this.tab !== "units");
    place(this.root, "warnings").classList.toggle("hidden", this.tab !== "warnings");
    const cards = this.cards.open;
    this.tabButtons?.warnings?.classList.toggle("warned", cards.some((card) => !card.praises));
    const counts = { held: lists.held.length, checks: lists.checks.length, warnings: cards.length, below: lists.below.length, above: lists.above.length, went_up: went.length, units: units.filter((one) => one.on_duty).length };
    for (const [name, button] of Object.entries(this.tabButtons ?? {})) {
      button.setAttribute("aria-selected", String(name === this.tab));
      write(button.querySelector("b"), /** @type {any} */ (counts)[name]);
    }
  }

  /** A new card on this desk is told at once. @param {any} card */
  #warned(card) {
    const { app, cards } = this;
    const shown = app.toast.show(app.t("warn.new", { subject: cards.nameOf(card), colour: cards.colourOf(card), rule: cards.ruleOf(card) }), card.praises ? "good" : "warn", card.number);
    shown.classList.add("clickable");
    shown.addEventListener("click", () => this.#choose("warnings"));
  }

  tick() {
    this.queue.tick();
    this.panel.tick();
  }

  locate() {
    this.desk.map?.fitArea(this.me.area);
  }

  selected() {
    const { id } = this.desk.selection;
    this.queue.select(id);
    this.went.select(id);
  }

  /** Takes or returns straight from the top of the list; a return needs a reason, and so the sheet. @param {string} id @param {string} move */
  async #offer(id, move) {
    this.desk.selection.set(id, "row");
    await this.desk.sheet.reload();
    this.desk.sheet.start(move);
  }

  /** @param {any} unit */
  tellUnit(unit) {
    const { t } = this.app;
    const record = unit.case_id ? this.app.store.cases.get(unit.case_id) : null;
    this.app.toast.show(`${unitName(this.app, unit)} · ${t(`unit_state.${unit.on_duty ? unit.state : "off_duty"}`)}`, "note", record ? caseInWords(this.app, record) : this.app.areas.name(unit.desk));
  }

  acts() {
    return {
      ...super.acts(),
      command: () => this.desk.tools?.find(),
      intake: () => this.#intake(),
      "filter-mine": () => this.#choose("held"),
      "filter-all": () => this.#choose("below"),
      "filter-late": () => this.#choose("above"),
    };
  }
}

export const mount = mounts(Township);
