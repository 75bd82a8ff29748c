// Where each role works, and which addresses a log-in may lead on to.

/** @type {Record<string, string>} the same as HOME_OF_ROLE in wall_ui/doors/homes.py */
export const HOME_OF_ROLE = {
  dispatcher: "/console",
  leader: "/leader",
  duty_officer: "/township",
  village_officer: "/village",
  grid_officer: "/field",
  department: "/township",
  mediator: "/field",
  auditor: "/audit",
  admin: "/admin",
  kiosk: "/wall",
};

/** @param {string} role */
export function homeOf(role) {
  return HOME_OF_ROLE[role] ?? "/wall";
}

/** The token of a wall screen's link, `/login#screen=…`; "" where there is none. @param {string} hash */
export function screenOf(hash) {
  return /^#screen=([\w-]{20,200})$/.exec(hash)?.[1] ?? "";
}

/**
 * The page that `?next=` names, if it is one of this site; else null. Another host must not get somebody who has just
 * logged in: `//host`, `/\host` and anything with a scheme are none of ours.
 * @param {string} search @param {string} origin
 */
export function nextPage(search, origin) {
  const next = new URLSearchParams(search).get("next");
  if (!next || !next.startsWith("/") || /^\/[/\\]/.test(next) || /[\u0000-\u001f\\]/.test(next)) return null;
  let url;
  try {
    url = new URL(next, origin);
  } catch {
    return null;
  }
  if (url.origin !== origin || url.pathname === "/login" || url.pathname.startsWith("/api/")) return null;
  return url.pathname + url.search + url.hash;
}
