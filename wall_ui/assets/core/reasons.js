// Why a unit was sent is kept as it was written, in Chinese; whoever reads English reads the parts that the recommendation
// made, in English. What a person wrote stays as it is.

/** @typedef {import("./words.js").Words} Words */

const escaped = (/** @type {string} */ text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** @type {{pattern: RegExp, english: string}[]|null} */
let parts = null;

/** The longest first: one part may begin like another. @param {Words} words */
function partsOf(words) {
  parts ??= Object.entries(words.table)
    .filter(([key]) => key.startsWith("reason.") && key !== "reason.joint")
    .sort(([, [a]], [, [b]]) => b.length - a.length)
    .map(([, [chinese, english]]) => ({ pattern: new RegExp(escaped(chinese).replace(/\\\{(\w+)\\\}/g, "(?<$1>[\\d.]+)"), "g"), english }));
  return parts;
}

/** @param {Words} words @param {string} text */
export function reasonIn(words, text) {
  if (words.lang !== "en") return text;
  let said = text;
  for (const { pattern, english } of partsOf(words)) {
    said = said.replace(pattern, (...found) => english.replace(/\{(\w+)\}/g, (_, name) => found.at(-1)[name] ?? ""));
  }
  return said === text ? text : said.replaceAll("，", ", ").replaceAll("；", "; ").replaceAll("：", ": ");
}
