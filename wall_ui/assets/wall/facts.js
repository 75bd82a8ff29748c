// The newest facts as sentences. Only the kind, the place, the desk and the units speak: nothing of persons.
import { shortName } from "../core/areas.js";
import { el, syncRows, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { unitName } from "../core/units.js";

const SHOWN = 8;
const SILENT = new Set(["case.note", "case.add_file", "case.edit", "case.tick", "case.untick", "case.preserve", "case.release", "case.erase", "unit.state"]);
const FRESH_MS = 4000;

/**
 * One event as a sentence in the reader's language.
 * @param {any} fact @param {import("../core/app.js").App} app
 */
export function sentence(fact, app) {
  const { words, areas } = app;
  const record = fact.case ?? app.store.cases.get(fact.case_id);
  const key = words.has(`fact.${fact.kind}`) ? `fact.${fact.kind}` : "fact.other";
  const desk = who(fact, record, app);
  const where = record ? place(record.area_code, areas) : "";
  return words.t(key, {
    // A desk that acts at home need not say so twice, where the sentence stays whole without.
    place: desk === where && words.lang === "zh" && /\{who\}.*\{place\}./.test(words.table[key][0]) ? "" : where,
    who: desk,
    unit: units(fact, record, app),
    what: record ? words.t(`category.${record.category}`) : "",
    clock: fact.detail?.target ? words.t(`clock.${fact.detail.target}`) : "",
  });
}

/** @param {string} code @param {import("../core/areas.js").AreaNames} areas */
function place(code, areas) {
  return areas.at(code, "township").replace(/街道$/, "") || areas.place(code);
}

/** @param {any} fact @param {any} record @param {import("../core/app.js").App} app */
function who(fact, record, app) {
  const desk = fact.actor?.desk ?? record?.holder ?? "";
  if (!desk) return app.t("role.system");
  if (desk.length === 6) return app.t("wall.county_centre");
  if (desk.length === 9) return place(desk, app.areas);
  return shortName(app.areas.name(desk));
}

/** @param {any} fact @param {any} record @param {import("../core/app.js").App} app */
function units(fact, record, app) {
  const shown = fact.units?.length ? fact.units : (record?.assignments ?? []).slice(-1).map((/** @type {any} */ a) => app.store.units?.get(a.unit) ?? { kind: a.unit_kind, name: a.unit_name });
  if (shown.length === 0) return app.t("layer.unit");
  const [first] = shown;
  // A grid officer is named by what he is, not by who he is.
  const name = first.kind === "grid_officer" ? app.t("unit.grid_officer") : unitName(app, first);
  return shown.length > 1 ? app.t("wall.units_and_more", { unit: name, n: shown.length }) : name;
}

/** @param {string} kind */
function weight(kind) {
  if (kind === "clock.red" || kind === "clock.escalate") return "alarm";
  return kind === "clock.amber" || kind === "case.supervise" ? "warn" : "";
}

export class Facts {
  /** @param {HTMLElement} place @param {import("../core/app.js").App} app */
  constructor(place, app) {
    this.place = place;
    this.app = app;
    this.said = "";
  }

  draw() {
    const { app } = this;
    const shown = app.store.facts.filter((fact) => (fact.kind.startsWith("case.") || fact.kind.startsWith("clock.")) && !SILENT.has(fact.kind)).slice(0, SHOWN);
    const texts = shown.map((fact) => `${fact.seq} ${sentence(fact, app)}`);
    if (texts.join() === this.said) return;
    this.said = texts.join();
    syncRows(this.place, shown, (fact) => String(fact.seq), (fact) => this.#make(fact), (row, fact) => {
      write(row.querySelector(".said"), sentence(fact, app));
    });
  }

  /** @param {any} fact */
  #make(fact) {
    const fresh = this.app.clock.now() - Date.parse(fact.at) < FRESH_MS ? "fresh" : "";
    return el("div", { class: `wall-fact ${weight(fact.kind)} ${fresh}` }, el("time", {}, hourMinute(fact.at)), el("span", { class: "said" }));
  }
}
