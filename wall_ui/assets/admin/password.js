// Passwords that an administrator gives: made by chance, easy to read out, and held to the house's rule before they are sent. Pure.

// Without those that a reader takes for another: 0 o, 1 l i.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const IN_GROUP = 4;

/** A new password of four groups, 79 bits. @param {(bytes: Uint8Array<ArrayBuffer>) => Uint8Array} [random] */
export function newPassword(random = (bytes) => crypto.getRandomValues(bytes)) {
  /** @type {string[]} */
  const letters = [];
  while (letters.length < GROUPS * IN_GROUP) {
    // What lies beyond the last whole multiple would make some letters likelier than others.
    for (const byte of random(new Uint8Array(32))) if (byte < LETTERS.length * Math.floor(256 / LETTERS.length)) letters.push(LETTERS[byte % LETTERS.length]);
  }
  return Array.from({ length: GROUPS }, (_, n) => letters.slice(n * IN_GROUP, (n + 1) * IN_GROUP).join("")).join("-");
}

/**
 * The word that says why a password cannot be taken, "" where the server has the last word.
 * @param {string} password @param {string} username @param {{shortest: number, longest: number}} rule
 */
export function whyNot(password, username, rule) {
  const length = [...password].length;
  if (length < rule.shortest) return "admin.password_short";
  if (length > rule.longest) return "admin.password_long";
  return password.toLowerCase() === username.toLowerCase() ? "admin.password_is_name" : "";
}
