// The panel of the layers: what is drawn, how much of it there is, and which base map lies below.
import { el, mark, write } from "../core/dom.js";
import { named } from "./card.js";
import { MARK_OF_FACILITY } from "./points.js";

/** Which switches stand together. @type {[string, string[]][]} */
const GROUPS = [
  ["live", ["case", "unit"]],
  ["borders", ["county", "township", "village", "grid"]],
  ["ground", ["road", "water"]],
  ["eyes", ["camera", "facility", "poi"]],
];
/** @type {Record<string, string>} */
const MARKS = { case: "case-dispute", unit: "unit-patrol", road: "road", camera: "camera", facility: "facility", poi: "pin", water: "clock" };

export class Switches {
  /**
   * @param {import("../core/app.js").App} app @param {import("./map.js").CountyMap} map @param {import("./basemap.js").BaseMapLayer} base
   * @param {() => void} changed after every switch
   */
  constructor(app, map, base, changed) {
    this.app = app;
    this.map = map;
    this.base = base;
    this.changed = changed;
    this.element = el("div", { class: "map-switches" });
    /** @type {Map<string, HTMLElement>} */
    this.buttons = new Map();
    base.addEventListener("change", () => this.draw());
  }

  /** Draws the panel anew: for another language, or when a layer has come. */
  draw() {
    const { t } = this.app;
    const counts = new Map(this.map.layers().map((layer) => [layer.name, layer]));
    const kinds = [...counts.keys()].filter((name) => name.startsWith("facility:"));
    const group = (/** @type {string} */ title, /** @type {Node[]} */ rows) => el("section", {}, el("h4", {}, t(title)), el("div", { class: "map-chips" }, ...rows));
    this.buttons.clear();
    this.element.replaceChildren(
      ...GROUPS.map(([title, names]) => group(`map.group.${title}`, names.map((name) => this.#chip(counts.get(name))))),
      group("map.group.kinds", kinds.map((name) => this.#chip(counts.get(name)))),
      group("map.group.base", [this.#base(null), ...this.base.known.map((one) => this.#base(one))]),
    );
    this.update();
  }

  /** Writes states and counts into the chips that there are. */
  update() {
    for (const { name, on, count } of this.map.layers()) {
      const button = this.buttons.get(name);
      button?.setAttribute("aria-checked", String(on));
      if (button) write(button.querySelector(".count"), count);
    }
  }

  /** @param {any} layer */
  #chip({ name }) {
    const kind = name.startsWith("facility:") ? name.slice(9) : null;
    const sign = kind ? MARK_OF_FACILITY[kind] ?? "facility" : MARKS[name];
    const button = el("button", { class: "map-chip", role: "switch", dataset: { layer: name }, onclick: () => this.#toggle(name) },
      el("i", { class: "box" }), sign && name !== "water" ? mark(sign) : el("i", { class: `line ${name}` }),
      el("span", { class: "name" }, kind ? named(this.app, "map.facility", kind) : this.app.t(`map.layer.${name}`)), el("span", { class: "count digits" }));
    this.buttons.set(name, button);
    return button;
  }

  /** @param {string} name */
  #toggle(name) {
    this.map.show(name, this.map.off.has(name));
    this.update();
    this.changed();
  }

  /** @param {any|null} told */
  #base(told) {
    const { t, words } = this.app;
    const chosen = (this.base.shown?.id ?? null) === (told?.id ?? null);
    const name = told ? (words.lang === "en" ? told.name_en : told.name) : t("map.base.none");
    const away = told && chosen && this.base.away;
    const why = told?.problem || (away ? t("map.base.away") : "");
    return el("button", { class: `map-chip base ${why ? "troubled" : ""}`, role: "radio", "aria-checked": String(chosen), disabled: Boolean(told?.problem), title: why || null, dataset: { basemap: told?.id ?? "" },
      onclick: () => {
        this.base.show(told?.id ?? null);
        this.changed();
      } }, el("i", { class: "box round" }), el("span", { class: "name" }, name), el("span", { class: "count" }, told?.problem ? t("map.base.broken") : away ? t("map.base.away_short") : ""));
  }
}
