// What units are called: by their own names, and in English a team by its desk and an officer in pinyin.
import { shortName } from "./areas.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {{kind: string, name: string, desk?: string}} unit */
export function unitName(app, { kind, name, desk }) {
  if (kind === "grid_officer") return app.latin.person(name);
  const key = `unit_of.${kind}`;
  return app.words.lang === "en" && desk && app.words.has(key) ? app.t(key, { of: shortName(app.areas.name(desk)) }) : name;
}

/** The name of a unit that a case names: this page may not see the unit itself. @param {App} app @param {string} id @param {string} [otherwise] */
export function nameOfUnit(app, id, otherwise = id) {
  const unit = app.store.units?.get(id);
  return unit ? unitName(app, unit) : app.latin.person(otherwise);
}
