// What of the stream calls a desk: a new case in its hands, one offered to it, one come back, an order for attention. Pure.

/** @typedef {"new"|"offer"|"back"|"order"|"request"|"help"|"again"} Call */

const OFFERS = new Set(["case.escalate", "case.hand_down", "case.transfer"]);
const REQUESTS = new Set(["case.ask_suspend", "case.ask_extend", "case.object"]);

/** The desk directly above, or "" above the county's. @param {string} desk */
function superiorOf(desk) {
  return desk.includes("/") ? desk.split("/")[0] : desk.length > 6 ? desk.slice(0, -3) : "";
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
  if (event.kind === "case.report") return record.holder === me.desk && record.status !== "merged" ? "new" : null;
  if (event.kind === "case.join") return record.holder === me.desk ? "again" : null;
  if (OFFERS.has(event.kind)) return record.offer?.to === me.desk ? "offer" : null;
  if (event.kind === "case.return") return record.holder === me.desk ? "back" : null;
  if (REQUESTS.has(event.kind)) return superiorOf(record.holder) === me.desk ? "request" : null;
  if (event.kind === "case.ask_help") return event.detail?.to === me.desk ? "help" : null;
  if (event.kind === "case.take_over" || event.kind === "case.decide" || event.kind === "case.reopen") return record.holder === me.desk ? "new" : null;
  if (event.kind === "case.supervise") return record.holder === me.desk ? "order" : null;
  return null;
}
