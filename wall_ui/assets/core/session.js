// Who sits here. Without a session there is nothing to show: the page goes to the log-in and comes back.

/**
 * @typedef {object} Session
 * @property {{account_id: string, name: string, name_en: string, role: string, desk: string, desk_name: string, area: string,
 *   area_name: string, unit_id: string|null, demonstration: boolean}} actor
 * @property {string} csrf
 * @property {{code: string, name: string}} county
 * @property {Record<string, number>} ground how often each layer changed
 * @property {boolean} demonstration the county's data are invented
 */

export function toLogin() {
  const next = encodeURIComponent(location.pathname + location.search);
  location.assign(`/login?next=${next}`);
}

/** @param {import("./api.js").Api} api @returns {Promise<Session>} */
export async function openSession(api) {
  api.onSessionLost = toLogin;
  try {
    const session = await api.get("/api/session");
    api.csrf = session.csrf;
    return session;
  } catch (error) {
    if (/** @type {any} */ (error).status === 401) toLogin();
    throw error;
  }
}
