// Time: the server's clock as this screen knows it, and what a case's clocks look like at a given moment.

/** Follows the server's clock by the moments its messages carry; all screens then count down alike. */
export class ServerClock {
  constructor(wall = () => Date.now()) {
    this.wall = wall;
    this.offset_ms = 0;
    this.samples = 0;
  }

  /** Learns from a server moment received now. Later samples move the offset gently. @param {string|number} at */
  hear(at) {
    const server_ms = typeof at === "number" ? at : Date.parse(at);
    if (!Number.isFinite(server_ms)) return;
    const seen = server_ms - this.wall();
    this.offset_ms = this.samples === 0 ? seen : this.offset_ms + (seen - this.offset_ms) * 0.1;
    this.samples += 1;
  }

  /** Milliseconds since the epoch, by the server. */
  now() {
    return this.wall() + this.offset_ms;
  }
}

/**
 * @typedef {object} CaseClock
 * @property {string} target
 * @property {number|null} hop
 * @property {string} desk
 * @property {string} started_at
 * @property {string} amber_at
 * @property {string} due_at
 * @property {string|null} stopped_at
 * @property {string} [colour]
 */

/**
 * The colour by the moment, not by the last event: a screen must not stay green while the server is silent.
 * @param {CaseClock} clock @param {number} now_ms @returns {"green"|"amber"|"red"}
 */
export function colourAt(clock, now_ms) {
  if (now_ms >= Date.parse(clock.due_at)) return "red";
  return now_ms >= Date.parse(clock.amber_at) ? "amber" : "green";
}

/** The share of a clock's time that is gone, 0 to 1. @param {CaseClock} clock @param {number} now_ms */
export function partGone(clock, now_ms) {
  const from = Date.parse(clock.started_at);
  const whole = Date.parse(clock.due_at) - from;
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, (now_ms - from) / whole));
}

/** The running clock of a case that breaches first, or null. @param {{clocks?: CaseClock[]}} record @returns {CaseClock|null} */
export function nextClock(record) {
  let next = null;
  for (const clock of record.clocks ?? []) {
    if (clock.stopped_at) continue;
    if (!next || clock.due_at < next.due_at) next = clock;
  }
  return next;
}

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** Seconds as digits alone: 1:02:03 or 04:05. @param {number} s */
export function digits(s) {
  const whole = Math.floor(Math.abs(s));
  const h = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return h ? `${h}:${rest}` : rest;
}

/** Seconds in words with at most two parts: 3天4时, 2时10分, 45秒. @param {number} s @param {import("./words.js").Words} words */
export function duration(s, words) {
  const whole = Math.max(0, Math.round(Math.abs(s)));
  const parts = [
    [Math.floor(whole / 86400), "time.day"],
    [Math.floor((whole % 86400) / 3600), "time.hour"],
    [Math.floor((whole % 3600) / 60), "time.minute"],
    [whole % 60, "time.second"],
  ];
  const first = parts.findIndex(([n]) => /** @type {number} */ (n) > 0);
  if (first < 0) return `0${words.t("time.second")}`;
  const shown = parts.slice(first, first === 2 && whole >= 600 ? 3 : first + 2);
  return shown.filter(([n], i) => i === 0 || /** @type {number} */ (n) > 0).map(([n, key]) => `${n}${words.t(String(key))}`).join("");
}

/**
 * What is left of a clock (negative: how late), as a screen shows it: digits under a day, else days and hours.
 * @param {CaseClock} clock @param {number} now_ms @param {import("./words.js").Words} words
 */
export function remaining(clock, now_ms, words) {
  const left_s = (Date.parse(clock.due_at) - now_ms) / 1000;
  const text = Math.abs(left_s) < 86400 ? digits(left_s) : duration(left_s, words);
  return { left_s, text: left_s < 0 ? `-${text}` : text };
}
