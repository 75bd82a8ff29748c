// What one fact of a case's history says, in the reader's words. Pure.
import { nameOfUnit } from "../core/units.js";
import { deskName } from "./tell.js";

/** @typedef {import("../core/app.js").App} App @typedef {(app: App, detail: any, record: any) => (string|null|undefined|false)[]} Details */

/** What a move's own detail adds to its name. @type {Record<string, Details>} */
const DETAILS = {
  verify: (app, { passed, callback }) => [app.t(passed ? "verdict.passed" : "verdict.failed"), callback && app.t(`callback.${callback}`)],
  self_close: (app, { sampled }) => [sampled && app.t("story.sampled")],
  rate: (app, { score }) => [app.t("story.score", { n: score })],
  raise_alarm: (app, { from, to }) => [`${app.t(`level.${from}`)} → ${app.t(`level.${to}`)}`],
  supervise: (app, { target }) => [target && app.t("sheet.clock_red", { clock: app.t(`clock.${target}`) })],
  edit: (app, { changed }) => [changed?.map((/** @type {string} */ name) => app.t(`input.${name}`)).join(app.t("list.comma"))],
  approve: (app, { request }) => [request && app.t(`story.request.${request}`)],
  deny: (app, { request }) => [request && app.t(`story.request.${request}`)],
  call_to_account: (app, { desk }) => [desk && deskName(app, desk)],
  settle_account: (app, { desk, finding }) => [desk && deskName(app, desk), finding && app.t(`finding.${finding}`)],
  erase: (app, { erased }) => [erased?.map((/** @type {any} */ one) => app.t(`erased.n.${one.what}`, { n: one.count })).join(app.t("list.comma"))],
  return: (app, { arbiter }) => [arbiter && app.t("story.to_decide", { who: arbiterName(app, arbiter) })],
  ...Object.fromEntries(["escalate", "hand_down", "transfer", "withdraw", "decide", "ask_help"].map((move) => [move, /** @type {Details} */ ((app, { to }) => [to && `→ ${deskName(app, to)}`])])),
};

/** Who decides: a desk, or above the county's a leader. @param {App} app @param {string} arbiter */
export function arbiterName(app, arbiter) {
  return arbiter === "leader" ? app.t("role.leader") : deskName(app, arbiter);
}

/** @param {App} app @param {any} fact @param {any} record */
export function factWords(app, fact, record) {
  const [topic, kind] = fact.kind.split(".");
  const detail = fact.detail ?? {};
  if (topic === "clock") return app.t(`sheet.clock_${kind}`, { clock: app.t(`clock.${detail.target}`) });
  const said = kind === "report" ? app.t("sheet.reported") : app.words.has(`move.${kind}`) ? app.t(`move.${kind}`) : kind;
  const units = detail.units?.map((/** @type {string} */ id) => nameOfUnit(app, id, record.assignments.find((/** @type {any} */ one) => one.unit === id)?.unit_name)).join(app.t("list.comma"));
  return [said, ...(DETAILS[kind]?.(app, detail, record) ?? []), units].filter(Boolean).join(" ");
}
