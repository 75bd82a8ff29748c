// What a thing on the map is, in a small card. Text only: names come from files that somebody imported.
import { el, mark } from "../core/dom.js";
import { openCases } from "../core/selectors.js";
import { MARK_OF_FACILITY } from "./points.js";

/** @typedef {{kind: string, id: string, record: any, lon?: number, lat?: number}} Thing */
/** @typedef {import("../core/app.js").App} App */

/** The kinds that a card tells; cases and units have sheets of their own. */
export const TOLD = new Set(["area", "camera", "facility", "poi", "road"]);

/** The word for a kind; a county of its own may have kinds that the catalogue lacks. @param {App} app @param {string} prefix @param {unknown} value */
export function named(app, prefix, value) {
  const key = `${prefix}.${value}`;
  return app.words.has(key) ? app.t(key) : String(value ?? "");
}

/** The short way to say what lies under the pointer. @param {App} app @param {Thing} thing */
export function tip(app, { kind, record }) {
  const { t } = app;
  if (kind === "cluster") return t(record.out ? "map.cluster_out" : "map.cluster", { n: record.count, out: record.out });
  const name = nameOf(app, kind, record);
  if (kind === "camera") return record.health === "online" ? name : `${name} · ${t(`map.health.${record.health}`)}`;
  return kind === "road" && record.closed ? `${name} · ${t("map.closed")}` : name;
}

/** As the reader calls it. @param {App} app @param {string} kind @param {any} record */
function nameOf(app, kind, record) {
  return (kind === "area" ? app.areas.name(record.code) : app.latin.called(record.name)) ?? "";
}

/**
 * The lines of a card: a word of the catalogue and what is true of the thing.
 * @param {App} app @param {Thing} thing @returns {[string, string, string?][]} the third is a state for its colour
 */
export function lines(app, { kind, record }) {
  const { t } = app;
  const within = record.area_code ? app.areas.place(record.area_code, true) : "";
  if (kind === "camera") {
    const looks = record.bearing_deg === null || record.bearing_deg === undefined ? "" : `${record.bearing_deg}° ${t(`map.way.${Math.round(record.bearing_deg / 45) % 8}`)}`;
    const view = record.field_of_view_deg ? ` · ${record.field_of_view_deg}°` : "";
    return [
      ["map.health", t(`map.health.${record.health ?? "online"}`), record.health ?? "online"], ["map.looks", looks + view],
      ["map.camera_kind", named(app, "map.camera", record.kind)], ["map.within", within], ["map.gbt", record.code],
    ];
  }
  if (kind === "facility") return [["map.telephone", record.telephone ?? ""], ["map.within", within]];
  if (kind === "poi") return [["map.within", within]];
  if (kind === "road") {
    return [
      ["map.state", t(record.closed ? "map.closed" : "map.open"), record.closed ? "fault" : "online"],
      ["map.speed", `${Math.round(record.speed_kmh)} km/h`], ["map.one_way", record.one_way ? t("map.one_way_yes") : ""],
    ];
  }
  const inside = openCases(app.store).filter((one) => one.area_code?.startsWith(record.code));
  return [["map.open_cases", String(inside.length)], ["map.within", above(app, record.code)], ["map.code", record.code]];
}

/** @param {App} app @param {string} code */
function above(app, code) {
  return code.length > 6 ? app.areas.name(code.slice(0, code.length === 9 ? 6 : code.length - 3)) : "";
}

/** @param {App} app @param {Thing} thing */
function kindOf(app, { kind, record }) {
  const { t } = app;
  if (kind === "area") return t(`map.layer.${record.level}`);
  if (kind === "facility") return named(app, "map.facility", record.kind);
  if (kind === "poi") return named(app, "map.poi", record.kind);
  if (kind === "road") return named(app, "map.road", record.road_class);
  return t("map.layer.camera");
}

/** What stands on signs, where the reader calls it otherwise. @param {App} app @param {Thing} thing */
function beside(app, { kind, record }) {
  if (kind === "area") return app.areas.beside(record.code);
  return app.latin.called(record.name) === record.name ? "" : record.name;
}

/** @type {Record<string, string>} */
const MARKS = { area: "frame", camera: "camera", poi: "pin", road: "road" };

export class Card {
  /** @param {App} app @param {() => void} closed */
  constructor(app, closed) {
    this.app = app;
    this.closed = closed;
    /** @type {Thing|null} */
    this.thing = null;
    this.element = el("div", { class: "map-card hidden", role: "dialog" });
  }

  /** @param {Thing} thing */
  show(thing) {
    this.thing = thing;
    this.draw();
  }

  draw() {
    const { thing, app } = this;
    this.element.classList.toggle("hidden", !thing);
    if (!thing) return;
    const sign = thing.kind === "facility" ? MARK_OF_FACILITY[thing.record.kind] ?? "facility" : MARKS[thing.kind];
    const rows = lines(app, thing).filter(([, value]) => value !== "");
    this.element.dataset.kind = thing.kind;
    this.element.replaceChildren(
      el("header", {}, mark(sign), el("b", {}, nameOf(app, thing.kind, thing.record)), el("button", { class: "map-close", "aria-label": app.t("map.close"), onclick: () => this.hide() }, "×")),
      el("p", { class: "card-kind muted" }, [kindOf(app, thing), beside(app, thing)].filter(Boolean).join(" · ")),
      el("dl", {}, ...rows.flatMap(([word, value, state]) => [el("dt", {}, app.t(word)), el("dd", { dataset: state ? { state } : {}, class: /^[\d\s.+-]+$/.test(value) ? "digits" : "" }, value)])),
    );
  }

  /** @returns {boolean} whether there was one */
  hide() {
    if (!this.thing) return false;
    this.thing = null;
    this.draw();
    this.closed();
    return true;
  }
}
