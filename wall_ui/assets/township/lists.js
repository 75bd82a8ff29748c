// What the lists of a township or a village hold. Pure: records and the desk in, rows out.
import { OPEN } from "../core/store.js";
import { ASKED, byBreach, rowOf } from "../console/order.js";

/** @typedef {import("../console/order.js").Row} Row */

export const TABS = ["held", "checks", "below", "above", "went_up", "warnings", "units"];

/**
 * Open cases by where they are from the desk's point of view; what others wait for here (a check, a word on a request, a
 * decision, help) is a list of its own.
 * @param {Iterable<any>} records @param {string} desk @param {number} now_ms
 * @returns {{offers: Row[], held: Row[], checks: Row[], below: Row[], above: Row[]}}
 */
export function tabRows(records, desk, now_ms) {
  const lists = { offers: /** @type {Row[]} */ ([]), held: /** @type {Row[]} */ ([]), checks: /** @type {Row[]} */ ([]), below: /** @type {Row[]} */ ([]), above: /** @type {Row[]} */ ([]) };
  for (const record of records) {
    if (!OPEN.has(record.status)) continue;
    const row = rowOf(record, desk, now_ms);
    if (row.relation === "offered") lists.offers.push(row);
    else if (row.relation === "held") lists.held.push(row);
    else if (ASKED.has(row.relation)) lists.checks.push(row);
    else if (row.relation === "below") lists.below.push(row);
    else lists.above.push(row);
  }
  for (const rows of Object.values(lists)) rows.sort(byBreach);
  return lists;
}

/** Who holds a case that this desk gave upwards, or to whom it offers it; "back" when it has come back. */
/** @typedef {{record: any, state: "waits"|"above"|"back"|"done", at: string, holder: string}} Went */

/**
 * Cases that went up from this desk or from below through it: by custody, or by an offer that is open.
 * @param {Iterable<any>} records @param {string} desk @returns {Went[]} newest first
 */
export function wentUp(records, desk) {
  const rows = [];
  for (const record of records) {
    const hop = upwardHop(record, desk);
    const waits = record.offer?.kind === "escalate" && record.offer.giver === desk;
    if (!hop && !waits) continue;
    const done = !OPEN.has(record.status);
    const state = done ? "done" : waits ? "waits" : record.holder === desk || (record.holder.startsWith(desk) && !record.holder.includes("/")) ? "back" : "above";
    rows.push({ record, state: /** @type {Went["state"]} */ (state), at: waits ? record.offer.at : hop.from_at, holder: waits ? record.offer.to : record.holder });
  }
  return rows.sort((a, b) => (a.at > b.at ? -1 : 1));
}

/** The last hop by which the case left this desk upwards, or null. @param {any} record @param {string} desk */
function upwardHop(record, desk) {
  const hops = record.custody;
  for (let i = hops.length - 1; i > 0; i -= 1) {
    const left = hops[i - 1].desk === desk;
    if (left && (hops[i].how === "escalate" || hops[i].how === "take_over")) return hops[i];
  }
  return null;
}

const KINDS = ["patrol", "mediation", "department", "grid_officer"];
const STATES = ["on_scene", "enroute", "dispatched", "available", "off_duty"];

/** Units of the area, those at work first. @param {Iterable<any>} units @param {string} area */
export function areaUnits(units, area) {
  const found = [...units].filter((unit) => unit.area_code.startsWith(area));
  const state = (/** @type {any} */ unit) => STATES.indexOf(unit.on_duty ? unit.state : "off_duty");
  return found.sort((a, b) => state(a) - state(b) || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.area_code < b.area_code ? -1 : a.area_code > b.area_code ? 1 : a.name.localeCompare(b.name)));
}
