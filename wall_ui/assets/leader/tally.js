// Counts of the day, of each hour, and the lists that a leader watches. Pure: store and moment in, numbers out.
import { colourAt, nextClock } from "../core/clock.js";
import { byNextBreach, openCases } from "../core/selectors.js";
import { superiorOf } from "../core/areas.js";
import { OPEN } from "../core/store.js";

/** @typedef {import("../core/store.js").Store} Store */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// China's civil time; without summer time a fixed shift is exact.
const SHIFT_MS = 8 * HOUR_MS;
// What was refused, withdrawn or joined to another was never there to be completed.
const UNCOUNTED = new Set(["refused", "cancelled", "merged"]);

/** The last midnight in the county's time. @param {number} now_ms */
export function midnight(now_ms) {
  return Math.floor((now_ms + SHIFT_MS) / DAY_MS) * DAY_MS - SHIFT_MS;
}

/** @param {any} record @param {number} now_ms @returns {"green"|"amber"|"red"|null} */
export function urgency(record, now_ms) {
  const clock = nextClock(record);
  return clock && colourAt(clock, now_ms);
}

/** @param {Store} store @param {number} now_ms */
export function counts(store, now_ms) {
  const today = midnight(now_ms);
  const tally = { received: 0, closed: 0, countable: 0, completed: 0, open: 0, overdue: 0, soon: 0, waiting: 0, late_answers: 0, answered: 0 };
  for (const record of store.cases.values()) {
    if (Date.parse(record.reported_at) >= today) {
      tally.received += 1;
      if (!UNCOUNTED.has(record.status)) tally.countable += 1;
      if (record.status === "closed") tally.completed += 1;
    }
    if (record.status === "closed" && Date.parse(record.closed_at) >= today) tally.closed += 1;
    countOrder(tally, record, now_ms);
    if (!OPEN.has(record.status)) continue;
    tally.open += 1;
    const colour = urgency(record, now_ms);
    if (colour === "red") tally.overdue += 1;
    if (colour === "amber") tally.soon += 1;
  }
  return { ...tally, rate: tally.countable ? tally.completed / tally.countable : null };
}

/** @param {any} tally @param {any} record @param {number} now_ms */
function countOrder(tally, record, now_ms) {
  const order = record.supervision;
  if (!order) return;
  if (order.answered_at) tally.answered += 1;
  else if (OPEN.has(record.status)) {
    tally.waiting += 1;
    if (Date.parse(order.due_at) <= now_ms) tally.late_answers += 1;
  }
}

/**
 * Minutes for one bar, so that 24 bars hold all there is: a county that began an hour ago is looked at more closely.
 * @param {Store} store @param {number} now_ms @returns {5|15|60}
 */
export function barMinutes(store, now_ms) {
  let first_ms = now_ms;
  for (const record of store.cases.values()) first_ms = Math.min(first_ms, Date.parse(record.reported_at));
  const age_ms = now_ms - first_ms;
  if (age_ms <= 1.9 * HOUR_MS) return 5;
  return age_ms <= 5.7 * HOUR_MS ? 15 : 60;
}

/**
 * The last spans of time, oldest first, the running one last: what came, what was closed, how many were open at its end.
 * @param {Store} store @param {number} now_ms @param {number} [minutes] of one span @param {number} [bars]
 */
export function course(store, now_ms, minutes = 60, bars = 24) {
  const span_ms = minutes * 60_000;
  const running = Math.floor(now_ms / span_ms) * span_ms;
  const rows = Array.from({ length: bars }, (_, i) => {
    const from_ms = running - (bars - 1 - i) * span_ms;
    return { from_ms, until_ms: Math.min(from_ms + span_ms, now_ms), received: 0, closed: 0, open: 0 };
  });
  const first = rows[0].from_ms;
  const place = (/** @type {number} */ ms) => (ms < first || ms > now_ms ? -1 : Math.min(bars - 1, Math.floor((ms - first) / span_ms)));
  for (const record of store.cases.values()) {
    const came = Date.parse(record.reported_at);
    const left = OPEN.has(record.status) ? Infinity : Date.parse(record.closed_at ?? record.changed_at);
    if (place(came) >= 0) rows[place(came)].received += 1;
    if (record.status === "closed" && place(left) >= 0) rows[place(left)].closed += 1;
    for (const row of rows) if (came <= row.until_ms && left > row.until_ms) row.open += 1;
  }
  return rows;
}

/** Open cases that are late or soon will be, the latest first. @param {Store} store @param {number} now_ms */
export function lateCases(store, now_ms) {
  return byNextBreach(store).filter(({ clock }) => colourAt(clock, now_ms) !== "green").map(({ record }) => record);
}

/** Open cases of an area by what breaches next, those without a clock last. @param {Store} store @param {string} area */
export function casesOf(store, area) {
  const inside = (/** @type {any} */ record) => record.area_code.startsWith(area);
  const timed = byNextBreach(store).map(({ record }) => record).filter(inside);
  const known = new Set(timed.map((record) => record.id));
  return [...timed, ...openCases(store).filter((record) => inside(record) && !known.has(record.id))];
}

/** Cases under supervision: unanswered ones by when the answer is due, then answered ones, newest first. @param {Store} store */
export function orders(store) {
  const under = [...store.cases.values()].filter((record) => record.supervision);
  const waits = (/** @type {any} */ record) => !record.supervision.answered_at && OPEN.has(record.status);
  const waiting = under.filter(waits).sort((a, b) => (a.supervision.due_at < b.supervision.due_at ? -1 : 1));
  const done = under.filter((record) => !waits(record)).sort((a, b) => ((a.supervision.answered_at ?? a.supervision.at) > (b.supervision.answered_at ?? b.supervision.at) ? -1 : 1));
  return [...waiting, ...done];
}

/** Open cases that wait for a leader's own word: what the county's desk asks for, and what is disputed with the county itself. @param {Store} store */
export function asked(store) {
  return casesOf(store, "").filter((record) => record.arbiter === "leader" || (record.request && !superiorOf(record.holder)));
}

/** Whether a leader can order attention to it now. @param {any} record */
export function canSupervise(record) {
  return OPEN.has(record.status) && !(record.supervision && !record.supervision.answered_at);
}
