// The lower part of a sheet: who reported it and in which words, its way from desk to desk, and all that happened.
import { duration } from "../core/clock.js";
import { tierOf } from "../core/areas.js";
import { el, mark } from "../core/dom.js";
import { civil, hourMinute } from "../core/civil.js";
import { OPEN } from "../core/store.js";
import { reasonIn } from "../core/reasons.js";
import { unitName } from "../core/units.js";
import { factWords } from "./facts.js";
import { casesNear } from "./nearby.js";
import { actorInWords, deskName, markOf, telLink } from "./tell.js";
import { pairTexts } from "./story.js";

/** @typedef {import("../core/app.js").App} App */

/** Who may take a record out of the county's desk: as the server has it. */
const TAKES_RECORDS_OUT = new Set(["dispatcher", "leader", "auditor"]);
const COUNTY_DIGITS = 6;

/** A title with its section. @param {App} app @param {string} word @param {...any} children */
export function section(app, word, ...children) {
  return el("section", { class: "sheet-section" }, el("h3", {}, app.t(word)), ...children);
}

/** What is gone by rule, when and by which: never an empty line. @param {App} app @param {any} one */
function erasedLine(app, one) {
  const { year, month, day } = civil(Date.parse(one.at));
  const name = app.words.lang === "en" ? one.name_en : one.name;
  const date = [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
  return el("p", { class: "erased muted", title: app.words.lang === "en" ? one.reason_en : one.reason }, mark("lock"),
    app.t(`erased.${one.what}`, { n: one.count, date, rule: [name, one.asked && app.t("erased.asked")].filter(Boolean).join(app.t("list.comma")) }));
}

/** @param {App} app @param {any[]} reports @param {any[]} erased what of the case is gone by rule */
export function buildReports(app, reports, erased) {
  if (!reports.length && !erased.length) return null;
  return section(app, "sheet.report", ...erased.map((one) => erasedLine(app, one)), ...reports.map((one) =>
    el("div", { class: "report" },
      one.text ? el("p", { class: "said" }, one.text) : null,
      el("div", { class: "by" }, el("span", { class: "muted" }, [app.t(`source.${one.source}`), hourMinute(one.at), app.latin.person(one.reporter_name)].filter(Boolean).join(" · ")),
        one.reporter_phone ? el("a", { class: "button small tel", href: telLink(one.reporter_phone) }, mark("phone"), one.reporter_phone) : null))));
}

/** A line for one case near by; a click opens it. @param {App} app @param {{record: any, away_m: number}} near */
export function nearRow(app, { record, away_m }) {
  return el("a", { class: "near-row", href: `#case=${record.id}` }, mark(markOf(app, record), `priority-${record.priority}`), el("b", {}, app.t(`category.${record.category}`)),
    el("span", { class: "muted" }, `${app.t(`status.${record.status}`)} · ${record.number}`), el("span", { class: "digits" }, app.t("near.away", { m: Math.round(away_m / 10) * 10 })));
}

/** Other open cases close by: perhaps the same thing reported twice. @param {App} app @param {any} record */
export function buildNear(app, record) {
  const found = casesNear(app.store.cases.values(), record);
  return found.length && OPEN.has(record.status) ? section(app, "near.title", ...found.map((near) => nearRow(app, near))) : null;
}

/** HH:MM today, with the date before it on any other day. @param {App} app @param {string} at */
export function when(app, at) {
  const then = civil(Date.parse(at));
  const today = civil(app.clock.now());
  const day = then.day === today.day && then.month === today.month ? "" : `${app.t("date.month_day", { month: then.month, day: then.day })} `;
  return `${day}${then.time.slice(0, 5)}`;
}

/** @param {App} app @param {any} record */
export function buildChain(app, record) {
  const hops = record.custody.map((/** @type {any} */ hop) => {
    const until = hop.to_at ? Date.parse(hop.to_at) : app.clock.now();
    return el("li", { class: `hop tier-${tierOf(hop.desk)} ${hop.to_at ? "" : "now"}` },
      el("b", {}, deskName(app, hop.desk)), el("span", { class: "muted" }, `${app.t(`how.${hop.how}`)} ${when(app, hop.from_at)} · ${duration((until - Date.parse(hop.from_at)) / 1000, app.words)}`));
  });
  if (record.offer) {
    hops.push(el("li", { class: `hop offered tier-${tierOf(record.offer.to)}` }, el("b", {}, deskName(app, record.offer.to)), el("span", { class: "muted" }, app.t("sheet.waits_for_take", { kind: app.t(`move.${record.offer.kind}`), time: when(app, record.offer.at) }))));
  }
  return section(app, "sheet.chain", el("ol", { class: "chain" }, ...hops));
}

/** Why units were sent, each behind its name, in the reader's language. @param {App} app @param {string} text */
export function sentFor(app, text) {
  const said = reasonIn(app.words, text);
  if (said === text) return text;
  return said.replace(/(^|; )([\u3400-\u9fff]+): /g, (_, before, name) => {
    const unit = [...app.store.units.values()].find((one) => one.name === name);
    return `${before}${unit ? unitName(app, unit) : app.latin.person(name)}: `;
  });
}

/** @param {App} app @param {any} detail what GET /api/cases/{id} answered @param {any} record */
export function buildStory(app, detail, record) {
  const steps = pairTexts(detail.history, detail.texts).reverse().map(({ at, fact, texts }) =>
    el("li", { class: `step ${fact ? fact.kind.replace(".", "-") : ""}` },
      el("time", { class: "digits muted" }, when(app, at)),
      el("div", {},
        el("div", { class: "did" }, el("b", {}, fact ? factWords(app, fact, record) : app.t("sheet.words")), el("span", { class: "muted" }, fact ? actorInWords(app, fact.actor) : app.latin.person(texts[0]?.actor_name ?? ""))),
        ...texts.filter((one) => one.kind !== "report").map((one) => el("p", { class: "said" }, fact?.kind === "case.dispatch" ? sentFor(app, one.text) : one.text)))));
  const { role, area } = app.session.actor;
  const record_out = TAKES_RECORDS_OUT.has(role) && area.length <= COUNTY_DIGITS
    ? el("a", { class: "button small", href: `/api/cases/${record.id}/record`, download: "", title: app.t("sheet.export_why") }, mark("down"), app.t("sheet.export"))
    : null;
  return section(app, "sheet.history", el("ol", { class: "steps" }, ...steps), record_out);
}
