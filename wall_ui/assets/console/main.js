// The dispatcher's console: queue, map, sheet; everything by keys.
import { el, write } from "../core/dom.js";
import { CommandLine } from "./command_line.js";
import { isPassed, unitsNamed, VERBS } from "./command.js";
import { place, toolButton } from "./desk.js";
import { openDirectory, openHelp } from "./directory.js";
import { FILTERS, filterCounts, queueOf } from "./order.js";
import { Queue } from "./queue.js";
import { mounts, Screen } from "./screen.js";
import { nameOfUnit, unitName } from "../core/units.js";
import { openSearch } from "./search.js";

/** @typedef {import("../core/app.js").App} App */

const KEPT_FILTER = "wall_console_filter";

class Console extends Screen {
  /** @param {HTMLElement} root @param {App} app */
  constructor(root, app) {
    super(root, app);
    this.filter = localStorage.getItem(KEPT_FILTER) ?? "all";
    if (!(this.filter in FILTERS)) this.filter = "all";
    this.queue = new Queue(app, place(root, "queue"), (id) => this.desk.selection.set(id, "row"));
    this.line = new CommandLine(app, place(root, "command"), { run: (command) => this.#run(command), pick: (item) => this.#pick(item) });
    this.#tools();
    this.#filters();
    this.follow();
  }

  async start() {
    await this.desk.openMap({ offDuty: false, inset: () => ({ left: 40, right: 40, top: 40, bottom: 40 }) }, (pick) => void this.intake.locate(pick.lon, pick.lat), { find: () => this.line.open("") });
    await this.desk.map.complete;
    document.documentElement.dataset.drawn = "true";
  }

  #tools() {
    const { app } = this;
    const tools = place(this.root, "tools");
    if (this.desk.takesCalls) tools.append(toolButton(app, "tool.intake", "plus", "N", () => this.intake.open(), "accent"));
    tools.append(
      toolButton(app, "tool.directory", "phone", "T", () => void openDirectory(app)),
      toolButton(app, "tool.locate", "frame", "L", () => this.locate()),
      this.desk.soundButton(),
      toolButton(app, "tool.help", "help", "?", () => openHelp(app)),
    );
    if (app.session.demonstration) tools.append(toolButton(app, "tool.give", "star", "G", () => void this.desk.give(), "demo"));
  }

  #filters() {
    const host = place(this.root, "filters");
    this.chips = Object.fromEntries(Object.keys(FILTERS).map((name, i) => {
      const chip = el("button", { class: "chip filter", dataset: { filter: name }, onclick: () => this.#setFilter(name) }, el("span", { "data-w": `filter.${name}` }), el("b", { class: "digits" }), el("kbd", {}, i + 1));
      host.append(chip);
      return [name, chip];
    }));
  }

  /** @param {string} name */
  #setFilter(name) {
    this.filter = name;
    localStorage.setItem(KEPT_FILTER, name);
    this.draw();
  }

  draw() {
    const { app } = this;
    const records = [...app.store.cases.values()];
    const now_ms = app.clock.now();
    this.rows = queueOf(records, this.me.desk, now_ms, this.filter);
    this.queue.show(this.rows, this.desk.selection.id);
    const counts = filterCounts(records, this.me.desk, now_ms);
    for (const [name, chip] of Object.entries(this.chips ?? {})) {
      chip.setAttribute("aria-pressed", String(name === this.filter));
      write(chip.querySelector("b"), counts[name]);
      chip.classList.toggle("late", name === "late" && counts[name] > 0);
    }
  }

  tick() {
    this.queue.tick();
  }

  selected() {
    this.queue.select(this.desk.selection.id);
  }

  locate() {
    if (this.me.area.length > 6) this.desk.map?.fitArea(this.me.area);
    else this.desk.map?.fitCounty();
  }

  /** @param {any} unit */
  tellUnit(unit) {
    const { t } = this.app;
    this.app.toast.show(`${unitName(this.app, unit)} · ${t(`unit.${unit.kind}`)} · ${t(`unit_state.${unit.on_duty ? unit.state : "off_duty"}`)}`, "note", this.app.areas.name(unit.desk));
    if (unit.case_id && this.app.store.cases.has(unit.case_id)) this.desk.selection.set(unit.case_id, "map");
  }

  acts() {
    const filters = Object.fromEntries(Object.keys(FILTERS).map((name) => [`filter-${name}`, () => this.#setFilter(name)]));
    return { ...super.acts(), ...filters, command: () => this.line.open(), intake: () => this.desk.takesCalls && this.intake.open() };
  }

  leaveOwn() {
    const typing = document.activeElement === this.line.input;
    if (typing) this.line.leave();
    return typing;
  }

  /** @param {import("./command.js").Item} item */
  #pick(item) {
    if (item.kind === "place") this.desk.tools?.go(item.find);
    else if (item.kind === "case") this.desk.selection.set(item.id, "line");
    else if (item.kind === "area") this.desk.map?.fitArea(item.id);
    else if (item.kind === "unit") this.desk.showUnit(item.id);
  }

  /** Runs a command of the line. Returns false to keep it standing. @param {{verb: string, rest: string}} command */
  #run({ verb, rest }) {
    const { app, desk } = this;
    const { name, move } = VERBS[verb];
    if (move) return this.#move(move, rest);
    if (name === "help") openHelp(app);
    else if (name === "give") void desk.give();
    else if (name === "search") openSearch(app, rest, (record) => this.#found(record));
    else if (name === "directory") void openDirectory(app, rest);
    else if (name === "filter") this.#setFilter(rest in FILTERS ? rest : "all");
    else if (name === "intake" && desk.takesCalls) this.intake.open(rest ? { area_code: rest, name: app.areas.name(rest) } : null);
    else if (name === "fly") {
      const code = rest in app.areas.names ? rest : Object.entries(app.areas.typed).find(([, one]) => rest && one.includes(rest))?.[0];
      if (!code) {
        void this.line.look(rest);
        return false;
      }
      desk.map?.fitArea(code);
    }
    return true;
  }

  /** A case that a search found, finished long ago perhaps: the store learns of it, and the sheet opens. @param {any} record */
  #found(record) {
    this.app.store.put(record);
    this.desk.selection.set(record.id, "line");
  }

  /** @param {string} move @param {string} rest */
  #move(move, rest) {
    const { app } = this;
    const { sheet, selection } = this.desk;
    if (!selection.id) {
      app.toast.show(app.t("command.no_case"), "warn");
      return false;
    }
    if ((move === "dispatch" || move === "recall") && rest) {
      const pool = move === "dispatch" ? [...app.store.units.values()] : sheet.record.assignments.map((/** @type {any} */ one) => ({ id: one.unit, name: one.unit_name, on_duty: true }));
      const named = unitsNamed(rest, pool, (unit) => nameOfUnit(app, unit.id, unit.name));
      const unclear = named.find((one) => !one.unit);
      if (unclear) {
        app.toast.show(app.t(unclear.many ? "command.many_units" : "command.no_unit", { name: unclear.name }), "warn");
        return false;
      }
      const units = named.map((one) => one.unit.id);
      void (move === "dispatch" ? sheet.dispatch(units) : sheet.make("recall", { units }));
      return true;
    }
    if (move === "accept") return void sheet.key("a");
    // Only what is surely meant is done at once: a result that was sent back by a slip would be worked on again.
    if (move === "verify" && isPassed(rest, app.t("verdict.passed"))) return void sheet.make("verify", { passed: true });
    if (move === "verify" && rest) {
      sheet.start(move);
      sheet.form?.restore({ passed: false, text: [app.t("verdict.failed"), "failed"].includes(rest) ? undefined : rest });
      return true;
    }
    /** @type {Record<string, string>} */
    const field = { note: "text", resolve: "result", escalate: "reason", return: "reason", cancel: "reason", answer: "text" };
    if (rest && field[move]) return void sheet.make(move, { [field[move]]: rest });
    sheet.start(move);
    return true;
  }
}

export const mount = mounts(Console);
