// What screens read out of the store. Pure: state and moment in, lists and counts out.
import { tierOf } from "./areas.js";
import { colourAt, nextClock } from "./clock.js";
import { OPEN } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

/** @param {Store} store */
export function openCases(store) {
  return [...store.cases.values()].filter((record) => OPEN.has(record.status));
}

/**
 * Open cases with a running clock, by what breaches next; those already late first, the latest of them first.
 * @param {Store} store @returns {{record: any, clock: import("./clock.js").CaseClock}[]}
 */
export function byNextBreach(store) {
  const rows = [];
  for (const record of openCases(store)) {
    const clock = nextClock(record);
    if (clock) rows.push({ record, clock });
  }
  return rows.sort((a, b) => (a.clock.due_at < b.clock.due_at ? -1 : a.clock.due_at > b.clock.due_at ? 1 : a.record.priority - b.record.priority));
}

/**
 * Open cases and late ones by the tier that holds them.
 * @param {Store} store @param {number} now_ms
 * @returns {Record<"county"|"township"|"village", {open: number, late: number, soon: number}>}
 */
export function countsByTier(store, now_ms) {
  const counts = { county: { open: 0, late: 0, soon: 0 }, township: { open: 0, late: 0, soon: 0 }, village: { open: 0, late: 0, soon: 0 } };
  for (const record of openCases(store)) {
    const row = counts[/** @type {"county"} */ (tierOf(record.holder ?? record.area_code))];
    row.open += 1;
    const clock = nextClock(record);
    if (!clock) continue;
    const colour = colourAt(clock, now_ms);
    if (colour === "red") row.late += 1;
    if (colour === "amber") row.soon += 1;
  }
  return counts;
}

/** Units by state; those off duty are counted apart. @param {Store} store @returns {Record<string, number>} */
export function unitsByState(store) {
  /** @type {Record<string, number>} */
  const counts = { available: 0, dispatched: 0, enroute: 0, on_scene: 0, off_duty: 0 };
  for (const unit of store.units.values()) counts[unit.on_duty === false ? "off_duty" : unit.state] += 1;
  return counts;
}

/** Cases reported and closed since a moment. @param {Store} store @param {number} since_ms */
export function turnover(store, since_ms) {
  let received = 0;
  let closed = 0;
  for (const record of store.cases.values()) {
    if (Date.parse(record.reported_at) >= since_ms) received += 1;
    if (record.status === "closed" && Date.parse(record.closed_at ?? "") >= since_ms) closed += 1;
  }
  return { received, closed };
}
