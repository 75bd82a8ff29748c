// What somebody has typed into a form, kept until the server has taken it: neither Escape nor a lost session takes it away.

const PREFIX = "wall.admin.";

/** Takes what was typed before. @param {string} name @returns {Record<string, string>} */
export function draftOf(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} name @param {Record<string, string>} said never a password: what is stored outlives its reader */
export function keepDraft(name, said) {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(said));
  } catch {
    // A browser that keeps nothing loses only what Escape would take.
  }
}

/** @param {string} name */
export function dropDraft(name) {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept.
  }
}
