// Which list of the administration is shown and what it is narrowed to, as the address of the page keeps it. Pure.

/** @typedef {"accounts"|"tokens"|"kiosks"|"sessions"} Tab */
/** @typedef {{tab: Tab, text: string, role: string, area: string, state: string}} Conditions */

/** Which states each list knows; the first is what is shown where nobody asks. @type {Record<Tab, string[]>} */
export const STATES = { accounts: ["open", "closed", "all"], tokens: ["good", "over", "all"], kiosks: ["good", "over", "all"], sessions: [] };
export const TABS = /** @type {Tab[]} */ (Object.keys(STATES));

/** Which conditions each list has beside the text. @type {Record<Tab, ("role"|"area"|"state")[]>} */
export const NARROWS = { accounts: ["role", "area", "state"], tokens: ["state"], kiosks: ["state"], sessions: ["role"] };

/** @param {string} search the query of an address @returns {Conditions} */
export function conditionsOf(search) {
  const said = new URLSearchParams(search);
  const tab = TABS.find((name) => name === said.get("tab")) ?? "accounts";
  const has = (/** @type {"role"|"area"|"state"} */ name) => NARROWS[tab].includes(name);
  const form = (/** @type {"role"|"area"} */ name, /** @type {RegExp} */ pattern) => (has(name) && pattern.test(said.get(name) ?? "") ? String(said.get(name)) : "");
  const state = STATES[tab].includes(said.get("state") ?? "") ? String(said.get("state")) : (STATES[tab][0] ?? "");
  return { tab, text: (said.get("text") ?? "").trim().slice(0, 60), role: form("role", /^[a-z_]{1,30}$/), area: form("area", /^\d{6}(\d{3}){0,3}$/), state };
}

/** @param {Conditions} asked @returns {URLSearchParams} without what says nothing */
export function paramsOf(asked) {
  const said = Object.entries(asked).filter(([name, value]) => value !== "" && !(name === "state" && value === STATES[asked.tab][0]));
  return new URLSearchParams(said);
}

/** What the API is asked for one page of a list. @param {Conditions} asked @param {string|null} cursor @param {number} limit */
export function queryOf(asked, cursor, limit) {
  const { tab, ...rest } = asked;
  const wanted = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(rest)) {
    if (value !== "" && (name === "text" || NARROWS[tab].includes(/** @type {"role"} */ (name)))) wanted.set(name, value);
  }
  if (cursor) wanted.set("cursor", cursor);
  return `/api/admin/${tab}?${wanted}`;
}
