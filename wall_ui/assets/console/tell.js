// Cases, desks and people in a few words, in the reader's language.

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

/** @param {App} app @param {string} code of an error or of a move that is not allowed */
export function whyNot(app, code) {
  return app.words.has(`error.${code}`) ? app.t(`error.${code}`) : code;
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

/** Who did something: name and desk. @param {App} app @param {any} actor */
export function actorInWords(app, actor) {
  if (!actor || actor.role === "system") return app.t("role.system");
  if (actor.role === "reporter") return app.t("role.reporter");
  const desk = actor.desk ? deskInFull(app, actor.desk) : app.t(`role.${actor.role}`);
  const who = actor.name && actor.name !== desk ? `${desk} ${actor.name}` : desk;
  return actor.robot ? `${who} · ${app.t("role.robot")}` : who;
}

/** @param {string|null|undefined} number @returns {string} what a tel: link wants */
export function telLink(number) {
  return `tel:${String(number).replace(/[^\d+*#]/g, "")}`;
}
