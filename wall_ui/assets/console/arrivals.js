// What of the stream calls a desk: a new case in its hands, one offered to it, one come back, an order for attention. Pure.

/** @typedef {"new"|"offer"|"back"|"order"} Call */

/**
 * Whether an event calls this desk, and how; null where it concerns others or was done here.
 * @param {any} event @param {{desk: string, name: string}} me @returns {Call|null}
 */
export function callOf(event, me) {
  const record = event.case;
  if (!record) return null;
  const own = event.actor?.desk === me.desk && event.actor?.name === me.name;
  if (own) return null;
  if (event.kind === "case.report") return record.holder === me.desk ? "new" : null;
  if (event.kind === "case.escalate" || event.kind === "case.hand_down") return record.offer?.to === me.desk ? "offer" : null;
  if (event.kind === "case.return") return record.holder === me.desk ? "back" : null;
  if (event.kind === "case.take_over") return record.holder === me.desk ? "new" : null;
  if (event.kind === "case.supervise") return record.holder === me.desk ? "order" : null;
  return null;
}
