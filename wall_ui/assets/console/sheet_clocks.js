// The clocks of a case, each of which says on a click why it is due when it is: from what it runs, how long, in which time.
import { duration } from "../core/clock.js";
import { el } from "../core/dom.js";
import { section, when } from "./sheet_story.js";
import { deskName } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

/** A limit as people say it: 7 working days, 4 working hours, 30 minutes. @param {App} app @param {any} why @param {number} seconds */
export function limitInWords(app, why, seconds) {
  if (why.calendar !== "working") return duration(seconds, app.words);
  if (seconds % why.day_s === 0) return app.t("why.days", { n: seconds / why.day_s });
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.round((seconds % 3600) / 60)];
  return [hours && app.t("why.hours", { n: hours }), minutes && app.t("why.minutes", { n: minutes })].filter(Boolean).join("");
}

/** The sentences that explain one clock. @param {App} app @param {any} why what the server reckoned it from @returns {string[]} */
export function whyInWords(app, why) {
  const { t } = app;
  const said = [
    t("why.runs", { desk: deskName(app, why.desk), from: t(`why.fact.${why.started_by}`), at: when(app, why.started_at), to: t(`why.fact.${why.stopped_by}`) }),
    t(`why.limit.${why.calendar}`, { limit: limitInWords(app, why, why.limit_s), hours: why.hours.join(t("list.comma")) }),
  ];
  if (why.extra_s) said.push(t("why.extra", { time: limitInWords(app, why, why.extra_s) }));
  for (const pause of why.pauses) said.push(t(`why.pause.${pause.why}`, { from: when(app, pause.from_at), to: when(app, pause.to_at) }));
  said.push(t("why.due", { time: when(app, why.due_at) }));
  if (why.provisional) said.push(t("why.provisional"));
  return said;
}

/** @param {App} app @param {any} record @param {any[]} told the same clocks with their explanations, as the server last told them */
export function buildClocks(app, record, told) {
  const rows = record.clocks.map((/** @type {any} */ clock) => {
    const late = clock.stopped_at ? clock.stopped_at > clock.due_at : false;
    const state = clock.stopped_at ? (late ? "missed" : "met") : clock.colour;
    const spent = clock.stopped_at ? duration((Date.parse(clock.stopped_at) - Date.parse(clock.started_at)) / 1000, app.words) : app.t("sheet.due_at", { time: when(app, clock.due_at) });
    const line = [el("b", {}, app.t(`clock.${clock.target}`)), el("span", { class: "digits" }, spent), el("span", { class: "state" }, app.t(`colour.${state}`))];
    const same = told.find((one) => one.target === clock.target && one.started_at === clock.started_at && one.due_at === clock.due_at);
    return el("details", { class: "clock-row", dataset: { state } }, el("summary", {}, ...line), same ? el("p", { class: "why muted" }, whyInWords(app, same.explanation).join(app.t("why.stop"))) : null);
  });
  return section(app, "sheet.clocks", el("div", { class: "clock-rows" }, ...rows));
}
