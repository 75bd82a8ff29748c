// What of the stream calls a desk: a new case in its hands, one offered to it, one come back, an order for attention, a
// word that it asked for, or that somebody sent units over its head. Pure.
import { superiorOf } from "../core/areas.js";

/** @typedef {"new"|"offer"|"back"|"failed"|"order"|"request"|"approved"|"denied"|"decide"|"help"|"helped"|"over"|"again"|"taken"|"untaken"|"cancelled"|"sent"} Call */

const OFFERS = new Set(["case.escalate", "case.hand_down", "case.transfer"]);
const REQUESTS = new Set(["case.ask_suspend", "case.ask_extend", "case.object"]);

/** Of these a desk is told in silence: nothing is to be done, and what rings must be answered. @type {Set<Call>} */
export const SILENT = new Set(["approved", "helped", "over", "taken", "cancelled", "sent"]);

/** What the holder learns of what others did to its case. @type {Record<string, Call>} */
const TOLD_HOLDER = {
  "case.report": "new",
  "case.take_over": "new",
  "case.decide": "new",
  "case.reopen": "new",
  "case.join": "again",
  "case.return": "back",
  "case.approve": "approved",
  "case.deny": "denied",
  "case.finish_help": "helped",
  "case.supervise": "order",
};

/** Whether a case has just been taken out of a desk's hands from above. @param {any} event @param {string} desk */
function wasTaken(event, desk) {
  return (event.kind === "case.take_over" || event.kind === "case.decide") && event.case.custody?.at(-2)?.desk === desk;
}

/** Whether somebody else has just sent a unit of this desk. @param {any} event @param {string} desk */
function sendsUnitOf(event, desk) {
  if (event.kind !== "case.dispatch" || event.actor?.desk === desk) return false;
  const sent = new Set(event.detail?.units);
  return event.case.assignments.some((/** @type {any} */ one) => one.unit_desk === desk && sent.has(one.unit) && !one.cleared_at);
}

/**
 * Whether an event calls this desk, and how; null where it concerns others or was done here.
 * @param {any} event @param {{desk: string, name: string}} me @returns {Call|null}
 */
export function callOf(event, me) {
  const record = event.case;
  if (!record) return null;
  const own = event.actor?.desk === me.desk && event.actor?.name === me.name;
  if (own) return null;
  if (OFFERS.has(event.kind)) return record.offer?.to === me.desk ? "offer" : null;
  if (REQUESTS.has(event.kind)) return superiorOf(record.holder) === me.desk ? "request" : null;
  if (event.kind === "case.ask_help") return event.detail?.to === me.desk ? "help" : null;
  if (event.kind === "case.return" && record.arbiter === me.desk) return "decide";
  if (record.holder !== me.desk) return wasTaken(event, me.desk) ? "taken" : sendsUnitOf(event, me.desk) ? "sent" : null;
  if (record.status === "merged") return null;
  if (event.kind === "case.verify") return event.detail?.passed ? null : "failed";
  if (event.kind === "case.withdraw") return event.actor?.role === "system" ? "untaken" : null;
  // 越级调度: who answers for the case hears that others sent somebody to it, or that its reporter withdrew it.
  const others = event.actor?.desk !== me.desk;
  if (event.kind === "case.dispatch") return others ? "over" : null;
  if (event.kind === "case.cancel") return others ? "cancelled" : null;
  return TOLD_HOLDER[event.kind] ?? null;
}
