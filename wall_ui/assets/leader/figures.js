// Percentiles from the server, by township and by tier: asked again when something happened, and now and then.

const AGAIN_MS = 20_000;
const SOON_MS = 2500;

export const PHASES = ["alarm_handling", "travel", "response", "handling"];
export const PERIODS = ["today", "24", "168", "720"];

/** Hours of a period; "today" runs from the last midnight, by whole minutes so that many readers share one answer. */
export function hoursOf(/** @type {string} */ period, /** @type {number} */ now_ms, /** @type {number} */ midnight_ms) {
  if (period !== "today") return Number(period);
  return Math.max(1, Math.ceil((now_ms - midnight_ms) / 60_000)) / 60;
}

/** Seconds in one short word: 45秒, 6.2分, 3.4时, 2.1天. @param {number|null|undefined} s @param {(key: string) => string} t */
export function brief(s, t) {
  if (s === null || s === undefined) return t("leader.none");
  const one = (/** @type {number} */ n) => (n < 10 ? n.toFixed(1).replace(/\.0$/, "") : String(Math.round(n)));
  if (s < 59.5) return `${Math.round(s)}${t("time.second")}`;
  if (s < 6000) return `${one(s / 60)}${t("time.minute")}`;
  if (s < 172_800) return `${one(s / 3600)}${t("time.hour")}`;
  return `${one(s / 86_400)}${t("time.day")}`;
}

/**
 * Rows for every township there is, also for those without a case in the window.
 * @param {any[]} rows @param {[string, string][]} townships code and name
 */
export function fillRows(rows, townships) {
  const known = new Map(rows.map((row) => [row.key, row]));
  const none = { p50_s: null, p90_s: null, n: 0 };
  const empty = { received: 0, closed: 0, open: 0, overdue: 0, completion_rate: null, response: none, alarm_handling: none, travel: none, handling: none };
  const filled = townships.map(([key, name]) => known.get(key) ?? { key, name, ...empty });
  const extra = rows.filter((row) => !townships.some(([key]) => key === row.key));
  return [...filled, ...extra];
}

export class Figures extends EventTarget {
  /** @param {import("../core/api.js").Api} api @param {(period: string) => number} hours */
  constructor(api, hours) {
    super();
    this.api = api;
    this.hours = hours;
    this.period = "today";
    /** @type {any} */
    this.townships = null;
    /** @type {any} */
    this.tiers = null;
    /** @type {any} why the last answer did not come */
    this.error = null;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.soonTimer = undefined;
    this.every = setInterval(() => void this.load(), AGAIN_MS);
  }

  stop() {
    clearInterval(this.every);
    clearTimeout(this.soonTimer);
  }

  /** @param {string} period */
  use(period) {
    this.period = period;
    this.dispatchEvent(new Event("change"));
    void this.load();
  }

  /** Something happened: the figures will have changed. */
  soon() {
    this.soonTimer ??= setTimeout(() => {
      this.soonTimer = undefined;
      void this.load();
    }, SOON_MS);
  }

  async load() {
    const mine = (this.asked += 1);
    const hours = this.hours(this.period).toFixed(4);
    const ask = (/** @type {string} */ by) => this.api.get(`/api/figures/response?by=${by}&hours=${hours}`);
    try {
      const [townships, tiers] = await Promise.all([ask("township"), ask("tier")]);
      // A slow answer for a period that was left meanwhile is dropped.
      if (mine !== this.asked) return;
      Object.assign(this, { townships, tiers, error: null });
    } catch (error) {
      if (mine !== this.asked) return;
      this.error = error;
    }
    this.dispatchEvent(new Event("change"));
  }
}
