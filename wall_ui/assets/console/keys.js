// Which key does what. Pure: a key event's facts in, the name of a command out.
import { KEY_OF_MOVE } from "./moves.js";

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, isComposing?: boolean}} Press */

/** Commands of the desk itself: key → [command, word of the help]. @type {[string[], string, string][]} */
export const DESK_KEYS = [
  [["j", "ArrowDown"], "next", "key.next"],
  [["k", "ArrowUp"], "previous", "key.previous"],
  [["Enter"], "open", "key.open"],
  [["Escape"], "back", "key.back"],
  [["/"], "command", "key.command"],
  [["n"], "intake", "key.intake"],
  [["t"], "directory", "key.directory"],
  [["g"], "give", "key.give"],
  [["1"], "filter-mine", "key.filter_mine"],
  [["2"], "filter-all", "key.filter_all"],
  [["3"], "filter-late", "key.filter_late"],
  [["l"], "locate", "key.locate"],
  [["q"], "sound", "key.sound"],
  [["?"], "help", "key.help"],
];

/** @type {Record<string, string>} */
const OF_KEY = {
  ...Object.fromEntries(Object.values(KEY_OF_MOVE).map((key) => [key, `move-${key}`])),
  ...Object.fromEntries(DESK_KEYS.flatMap(([keys, command]) => keys.map((key) => [key, command]))),
};

/**
 * The character meant, also where a Chinese input method has swallowed it: then only the place of the key is known.
 * @param {Press} press
 */
export function meant(press) {
  if (press.key.length === 1 && press.key <= "~") return press.key.toLowerCase();
  if (press.key !== "Process" && press.key.length > 1) return press.key;
  const letter = /^Key([A-Z])$/.exec(press.code ?? "");
  if (letter) return letter[1].toLowerCase();
  const digit = /^Digit([0-9])$/.exec(press.code ?? "");
  if (digit) return digit[1];
  if (press.code === "Slash") return press.key === "？" ? "?" : "/";
  return press.key;
}

/**
 * The command of a key press, or null. While somebody types only Escape is ours, and never what an input method composes
 * or what carries a modifier.
 * @param {Press} press @param {boolean} typing @returns {string|null}
 */
export function commandOf(press, typing) {
  if (press.ctrlKey || press.altKey || press.metaKey || press.isComposing) return null;
  const key = meant(press);
  if (typing) return key === "Escape" ? "back" : null;
  return OF_KEY[key] ?? null;
}

/** Whether an element takes what is typed. @param {any} element */
export function takesTyping(element) {
  if (!element) return false;
  if (element.isContentEditable) return true;
  const tag = String(element.tagName ?? "").toUpperCase();
  if (tag === "INPUT") return !["checkbox", "radio", "button", "submit"].includes(element.type);
  return tag === "TEXTAREA" || tag === "SELECT";
}
