// The head of a case's sheet: what, where, how grave, with whom, who else looks at it, and the clock that matters now.
import { duration, nextClock, remaining } from "../core/clock.js";
import { tierOf } from "../core/areas.js";
import { el, mark, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { OPEN } from "../core/store.js";
import { arbiterName } from "./facts.js";
import { wordsOf } from "./story.js";
import { when } from "./sheet_story.js";
import { actorInWords, deskName, markOf } from "./tell.js";

/** @param {import("../core/app.js").App} app @param {any} record @param {() => void} close */
export function buildHead(app, record, close) {
  const { t } = app;
  const closer = el("button", { class: "button quiet sheet-close", title: `${t("app.close")} (Esc)`, onclick: close }, mark("cross"));
  return el(
    "header",
    { class: "sheet-head", dataset: { priority: record.priority, status: record.status } },
    el("div", { class: "sheet-title" }, mark(markOf(app, record), `priority-${record.priority}`), el("h2", {}, t(`category.${record.category}`)),
      el("span", { class: `badge prio priority-${record.priority}` }, t(`priority.${record.priority}`)), el("span", { class: "badge status" }, t(`status.${record.status}`)), el("span", { class: "spring" }), closer),
    el("div", { class: "sheet-where" }, el("span", { class: "where" }, app.areas.whole(record.area_code), el("span", { class: "muted beside" }, app.areas.beside(record.area_code))), el("span", { class: "digits muted number" }, record.number)),
    el("div", { class: "sheet-facts muted" },
      el("span", {}, `${t("sheet.holder")} `, el("b", { class: `tier-${tierOf(record.holder)}` }, deskName(app, record.holder))),
      el("span", {}, `${t(`source.${record.source}`)} ${hourMinute(record.reported_at)}`),
      el("span", {}, `${t("sheet.class")} ${t(`class.${record.case_class}`)}`),
      record.first_receiver !== record.holder ? el("span", {}, `${t("sheet.first_receiver")} ${deskName(app, record.first_receiver)}`) : null),
    el("div", { class: "sheet-now" }, el("i", { class: "ring" }), el("b", { class: "digits left" }), el("span", { class: "what" })),
  );
}

/** Repaints the clock of the head. @param {import("../core/app.js").App} app @param {HTMLElement} head @param {any} record */
export function tickHead(app, head, record) {
  const now = /** @type {HTMLElement} */ (head.querySelector(".sheet-now"));
  const clock = nextClock(record);
  const running = clock && OPEN.has(record.status);
  now.classList.toggle("hidden", !running);
  if (!running || !clock) return;
  const now_ms = app.clock.now();
  const { left_s, text } = remaining(clock, now_ms, app.words);
  const from = Date.parse(clock.started_at);
  const colour = left_s <= 0 ? "red" : now_ms >= Date.parse(clock.amber_at) ? "amber" : "green";
  now.dataset.colour = colour;
  const ring = /** @type {HTMLElement} */ (now.querySelector(".ring"));
  ring.className = `ring ${colour}`;
  ring.style.setProperty("--part", Math.min(1, (now_ms - from) / Math.max(1, Date.parse(clock.due_at) - from)).toFixed(3));
  write(now.querySelector(".left"), text.replace("-", "+"));
  write(now.querySelector(".what"), app.t(left_s <= 0 ? "sheet.clock_late" : "sheet.clock_left", { clock: app.t(`clock.${clock.target}`) }));
}

/** Who ordered attention, or which clock did, and until when an answer is due. @param {import("../core/app.js").App} app @param {any} order */
function orderInWords(app, order) {
  const time = when(app, order.due_at);
  return order.target ? app.t("sheet.supervised_by_clock", { clock: app.t(`clock.${order.target}`), time }) : app.t("sheet.supervised", { who: app.latin.person(order.by_name), time });
}

/** What must be seen before anything is done: others here, an offer, an order. @param {import("../core/app.js").App} app @param {any} record @param {any[]} viewers @param {any[]} texts */
export function buildNotices(app, record, viewers, texts) {
  const { t } = app;
  const me = app.session.actor;
  const others = viewers.filter((one) => !(one.desk === me.desk && one.name === me.name));
  const notices = [];
  const told = (/** @type {string} */ css, /** @type {string} */ sign, /** @type {string} */ sentence, /** @type {string|undefined} */ words) =>
    notices.push(el("div", { class: `notice ${css}` }, mark(sign), el("div", {}, sentence, words ? el("p", { class: "words" }, words) : null)));
  if (others.length) {
    notices.push(el("div", { class: "notice presence" }, mark("person"), t("sheet.also_open", { who: others.map((one) => actorInWords(app, one)).join(app.t("list.comma")) })));
  }
  const { offer, supervision, request } = record;
  if (request) {
    const more = [request.cause && t(`cause.${request.cause}`), request.until && t("sheet.until", { time: when(app, request.until) }), request.extra_s && duration(request.extra_s, app.words), request.target && t(`clock.${request.target}`)].filter(Boolean);
    told("request", "clock", t("sheet.request", { who: deskName(app, request.desk), what: t(`move.ask_${request.kind}`.replace("ask_object", "object")), more: more.join(t("list.comma")), time: when(app, request.due_at) }), wordsOf(texts, `${request.kind === "object" ? "object" : `ask_${request.kind}`}_reason`, request.at));
  }
  if (record.suspended_until) notices.push(el("div", { class: "notice request" }, mark("lock"), t("sheet.suspended", { time: when(app, record.suspended_until) })));
  for (const help of record.help ?? []) {
    if (!help.done && !help.finished_at) told("help", "person", t("sheet.helps", { who: deskName(app, help.desk), time: when(app, help.due_at) }), wordsOf(texts, "ask_help", help.asked_at));
  }
  if (record.preservation) {
    const why = texts.findLast((one) => one.kind === "preserve_reason")?.text;
    notices.push(el("div", { class: "notice request preserved" }, mark("lock"), [t("preserved.by", { who: app.latin.person(record.preservation.by_name), time: when(app, record.preservation.at) }), why && t("preserved.why", { why })].filter(Boolean).join(t("list.clause"))));
  }
  if (record.merged_into) notices.push(el("a", { class: "notice help", href: `#case=${record.merged_into}` }, mark("layers"), t("sheet.merged_into", { number: app.store.cases.get(record.merged_into)?.number ?? "" })));
  if (record.arbiter && OPEN.has(record.status)) told("order", "alarm", t("sheet.returned_often", { n: record.returns, who: arbiterName(app, record.arbiter) }), wordsOf(texts, "return_reason"));
  if (offer) {
    const key = offer.to === me.desk ? "sheet.offered_to_you" : "sheet.offered";
    told(`offer ${offer.kind}`, offer.kind === "escalate" ? "up" : "down", t(key, { giver: deskName(app, offer.giver), to: deskName(app, offer.to), kind: t(`move.${offer.kind}`), time: hourMinute(offer.at) }), wordsOf(texts, `${offer.kind}_reason`, offer.at));
  }
  if (supervision && !supervision.answered_at) {
    told("order", "alarm", orderInWords(app, supervision), wordsOf(texts, "supervise", supervision.at));
  }
  return notices;
}
