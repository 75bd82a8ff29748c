// What the audit log is narrowed to, as the address of the page keeps it: a list that somebody found can be sent on. Pure.

/** @typedef {{tab: "looks"|"changes", person: string, number: string, what: string, period: "day"|"week"|"month"|"all"|"own", from: string, to: string}} Conditions */

const DAY_MS = 86_400_000;
const SHIFT_MS = 8 * 3_600_000;

/** From when each period counts; "" for no beginning. @type {Record<string, (now_ms: number) => string>} */
export const PERIODS = {
  // From midnight in the county, wherever the screen stands.
  day: (now_ms) => new Date(Math.floor((now_ms + SHIFT_MS) / DAY_MS) * DAY_MS - SHIFT_MS).toISOString(),
  week: (now_ms) => new Date(now_ms - 7 * DAY_MS).toISOString(),
  month: (now_ms) => new Date(now_ms - 31 * DAY_MS).toISOString(),
  all: () => "",
};

/** @param {string} search the query of an address @returns {Conditions} */
export function conditionsOf(search) {
  const said = new URLSearchParams(search);
  const text = (/** @type {string} */ name) => (said.get(name) ?? "").trim().slice(0, 100);
  const [from, to] = ["from", "to"].map((name) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text(name)) ? text(name) : ""));
  const named = /** @type {Conditions["period"]} */ (text("period") in PERIODS ? text("period") : "week");
  return { tab: said.get("tab") === "changes" ? "changes" : "looks", person: text("person"), number: text("number"), what: text("what"), period: from || to ? "own" : named, from, to };
}

/** @param {Conditions} asked @returns {URLSearchParams} without what says nothing */
export function paramsOf(asked) {
  const { period, ...rest } = asked;
  return new URLSearchParams(Object.entries({ ...rest, ...(period === "own" ? {} : { period }) }).filter(([, value]) => value !== ""));
}

/**
 * What somebody asked this log, out of the one line that the server keeps of it: `looks person=王 to=2026-11-20T00:00:00Z`.
 * @param {string} detail @returns {{tab: string, asked: [string, string][]}} without the case, which stands in its own column
 */
export function askedInWords(detail) {
  const tab = detail.split(" ", 1)[0];
  const asked = [...detail.matchAll(/(\w+)=(.*?)(?= \w+=|$)/g)].map(([, name, value]) => /** @type {[string, string]} */ ([name === "account" ? "person" : name, value]));
  return { tab, asked: asked.filter(([name]) => name !== "case_id") };
}
