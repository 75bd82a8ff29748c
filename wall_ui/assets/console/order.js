// Which cases a desk sees in its queue, and in which order. Pure: records, desk and moment in, rows out.
import { colourAt, nextClock, partGone } from "../core/clock.js";
import { superiorOf } from "../core/areas.js";
import { OPEN } from "../core/store.js";

/** @typedef {import("../core/clock.js").CaseClock} CaseClock */
/** @typedef {"offered"|"held"|"decide"|"grant"|"verify"|"help"|"above"|"below"|"other"} Relation how a case stands to a desk */
/** @typedef {{record: any, clock: CaseClock|null, colour: "green"|"amber"|"red"|"none", left_s: number, gone: number, relation: Relation}} Row */

/** How a case stands to the desk that looks at it. @param {any} record @param {string} desk @returns {Relation} */
export function relationOf(record, desk) {
  if (record.offer?.to === desk) return "offered";
  if (record.holder === desk) return "held";
  if (record.arbiter === desk) return "decide";
  if (record.request && superiorOf(record.holder) === desk) return "grant";
  if (record.status === "resolved" && record.verifier === desk) return "verify";
  if (record.help?.some((/** @type {any} */ one) => one.desk === desk && !one.finished_at)) return "help";
  const place = record.holder.split("/")[0];
  const here = desk.split("/")[0];
  if (here === place) return desk.includes("/") === record.holder.includes("/") ? "other" : desk.includes("/") ? "above" : "below";
  if (here.startsWith(place)) return "above";
  return place.startsWith(here) && !desk.includes("/") ? "below" : "other";
}

/** What another desk's case waits for here: a decision, a word on a request, a check, help. */
export const ASKED = new Set(["decide", "grant", "verify", "help"]);

/** Whether the desk must do something about the case. @param {Relation} relation */
export function isMine(relation) {
  return relation === "offered" || relation === "held" || ASKED.has(relation);
}

/** @param {any} record @param {string} desk @param {number} now_ms @returns {Row} */
export function rowOf(record, desk, now_ms) {
  const clock = OPEN.has(record.status) ? nextClock(record) : null;
  return {
    record,
    clock,
    colour: clock ? colourAt(clock, now_ms) : "none",
    left_s: clock ? (Date.parse(clock.due_at) - now_ms) / 1000 : Infinity,
    gone: clock ? partGone(clock, now_ms) : 0,
    relation: relationOf(record, desk),
  };
}

const SAVED_BELOW_S = 300;

/**
 * How soon a hand is needed: 0 a clock that can still be kept and runs out within minutes, 1 already late, 2 later.
 * A fresh emergency must not stand behind what has been late for hours.
 * @param {Row} row
 */
export function bandOf(row) {
  if (row.left_s <= 0) return 1;
  return row.left_s <= SAVED_BELOW_S ? 0 : 2;
}

/** What breaches next stands first; of the late ones the gravest, then the latest; without a clock last. @param {Row} a @param {Row} b */
export function byBreach(a, b) {
  const band = bandOf(a);
  if (band !== bandOf(b)) return band - bandOf(b);
  if (band === 1 && a.record.priority !== b.record.priority) return a.record.priority - b.record.priority;
  if (a.left_s !== b.left_s) return a.left_s < b.left_s ? -1 : 1;
  if (a.record.priority !== b.record.priority) return a.record.priority - b.record.priority;
  return a.record.reported_at < b.record.reported_at ? -1 : 1;
}

/** @type {Record<string, (row: Row) => boolean>} */
export const FILTERS = {
  mine: (row) => isMine(row.relation),
  all: () => true,
  late: (row) => row.colour === "red",
};

/**
 * The queue of a desk: open cases that pass the filter, what breaches next first.
 * @param {Iterable<any>} records @param {string} desk @param {number} now_ms @param {string} [filter] a key of FILTERS
 * @returns {Row[]}
 */
export function queueOf(records, desk, now_ms, filter = "all") {
  const passes = FILTERS[filter] ?? FILTERS.all;
  const rows = [];
  for (const record of records) {
    if (!OPEN.has(record.status)) continue;
    const row = rowOf(record, desk, now_ms);
    if (passes(row)) rows.push(row);
  }
  return rows.sort(byBreach);
}

/** How many open cases each filter shows. @param {Iterable<any>} records @param {string} desk @param {number} now_ms */
export function filterCounts(records, desk, now_ms) {
  /** @type {Record<string, number>} */
  const counts = Object.fromEntries(Object.keys(FILTERS).map((name) => [name, 0]));
  for (const row of queueOf(records, desk, now_ms)) {
    for (const [name, passes] of Object.entries(FILTERS)) if (passes(row)) counts[name] += 1;
  }
  return counts;
}

/** The row `step` places after the one selected; the first when none is. @param {Row[]} rows @param {string|null} id @param {number} step */
export function neighbour(rows, id, step) {
  if (rows.length === 0) return null;
  const at = rows.findIndex((row) => row.record.id === id);
  if (at < 0) return rows[step > 0 ? 0 : rows.length - 1].record.id;
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))].record.id;
}
