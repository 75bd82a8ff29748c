// Cases, desks and people in a few words, in the reader's language.

import { superiorOf } from "../core/areas.js";
import { OPEN } from "../core/store.js";

/** @typedef {import("../core/app.js").App} App */

/** What and where: 火灾 · 荔堡镇问城村. @param {App} app @param {any} record */
export function caseInWords(app, record) {
  return `${app.t(`category.${record.category}`)} · ${app.areas.place(record.area_code, true)}`;
}

/** The name of a desk, "this desk" for one's own. @param {App} app @param {string} desk */
export function deskName(app, desk) {
  return desk === app.session.actor.desk ? app.t("desk.mine") : deskInFull(app, desk);
}

/** The name of a desk as people say it: 甘家沟村 and not 甘家沟村民委员会. @param {App} app @param {string} desk */
export function deskInFull(app, desk) {
  return app.areas.name(desk).replace(/村民委员会$/, "村").replace(/(社区)?居民委员会$/, "社区");
}

/** Which desk a relation is, where the case names it. @type {Record<string, (record: any) => string|null|undefined>} */
const NAMED = {
  holder: (record) => record.holder,
  receiver: (record) => record.offer?.to,
  verifier: (record) => record.verifier,
  approver: (record) => superiorOf(record.holder),
  arbiter: (record) => record.arbiter,
};

/** Who makes a move, with the desk's name where the case has one. @param {App} app @param {string} relation @param {any} record */
function makerOf(app, relation, record) {
  // Above the county's desk stands no desk, but a leader.
  if ((relation === "approver" && !superiorOf(record.holder)) || (relation === "arbiter" && record.arbiter === "leader")) return app.t("by.leader");
  const desk = NAMED[relation]?.(record);
  return desk ? app.t("by.named", { who: app.t(`by.${relation}`), desk: deskName(app, desk) }) : app.t(`by.${relation}`);
}

/**
 * Why a move is not open: where the person or the status is the obstacle, whose it is or when it can be made.
 * @param {App} app @param {{why: string|null, by?: string[], starts_from?: string[]}} view @param {any} record
 */
export function whyNot(app, { why, by = [], starts_from = [] }, record) {
  if (why === "not_your_move" && by.length) return app.t("why.not_yours", { who: by.filter((one) => one !== "clock").map((one) => makerOf(app, one, record)).join(app.t("by.or")) });
  if (why === "wrong_status" && starts_from.length) {
    const when = starts_from.length >= OPEN.size ? app.t("by.open") : starts_from.map((one) => app.t(`status.${one}`)).join(app.t("list.comma"));
    return app.t("why.not_now", { when, now: app.t(`status.${record.status}`) });
  }
  return app.words.has(`error.${why}`) ? app.t(`error.${why}`) : (why ?? "");
}

/** The mark of a case by its category's group. @param {App} app @param {any} record */
export function markOf(app, record) {
  return `case-${app.words.groups[record.category] ?? "service"}`;
}

/** What the map calls "screen language": the reason a unit is recommended. @param {App} app @param {any} candidate */
export function reasonOf(app, candidate) {
  return (app.words.lang === "en" && candidate.reason_en) || candidate.reason;
}

/** @param {App} app @param {any} shortfall */
export function shortfallOf(app, shortfall) {
  return (app.words.lang === "en" && shortfall.text_en) || shortfall.text;
}

/** The name of who acted, without that of his area, which stands before it: a hotline's is 12345. @param {App} app @param {any} actor */
function nameBeside(app, { name, desk }) {
  const area = app.areas.names?.[desk] ?? "";
  const own = area && name.startsWith(area) ? name.slice(area.length).trim() : name;
  return app.latin.person(own || name);
}

/** Who did something: name and desk. @param {App} app @param {any} actor */
export function actorInWords(app, actor) {
  if (!actor || actor.role === "system") return app.t("role.system");
  if (actor.role === "reporter") return app.t("role.reporter");
  const desk = actor.desk ? deskInFull(app, actor.desk) : app.t(`role.${actor.role}`);
  const who = actor.name && actor.name !== desk ? `${desk} ${nameBeside(app, actor)}` : desk;
  return actor.robot ? `${who} · ${app.t("role.robot")}` : who;
}

/** @param {string|null|undefined} number @returns {string} what a tel: link wants */
export function telLink(number) {
  return `tel:${String(number).replace(/[^\d+*#]/g, "")}`;
}
