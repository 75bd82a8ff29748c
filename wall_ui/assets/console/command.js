// The command line's language. Pure: what is typed and what is known in, a command or completions out.
//
// `/a` accepts, `/d 李建国` dispatches, `/n 已联系报警人` notes, `/f 玉都` flies; anything else is looked for among cases,
// areas and units.

/** @typedef {{name: string, move?: string, takes?: "text"|"unit"|"area"|"verdict"|"filter"}} Verb */
/** @typedef {{kind: "verb"|"case"|"area"|"unit"|"choice"|"place", id: string, label: string, hint: string, fill: string, find?: any}} Item */
/**
 * @typedef {object} Known what completions are made of
 * @property {any[]} cases @property {any[]} units @property {Record<string, string>} areas
 * @property {(key: string) => string} t @property {(record: any) => string} tell a case in a few words
 * @property {Say} [say]
 */

/** @type {Record<string, Verb>} */
export const VERBS = {
  a: { name: "accept", move: "accept" },
  d: { name: "dispatch", move: "dispatch", takes: "unit" },
  c: { name: "recall", move: "recall", takes: "unit" },
  s: { name: "start", move: "start" },
  r: { name: "resolve", move: "resolve", takes: "text" },
  v: { name: "verify", move: "verify", takes: "verdict" },
  n: { name: "note", move: "note", takes: "text" },
  u: { name: "escalate", move: "escalate", takes: "text" },
  b: { name: "return", move: "return", takes: "text" },
  i: { name: "answer", move: "answer", takes: "text" },
  x: { name: "cancel", move: "cancel", takes: "text" },
  f: { name: "fly", takes: "area" },
  w: { name: "intake", takes: "area" },
  t: { name: "directory", takes: "text" },
  q: { name: "filter", takes: "filter" },
  k: { name: "search", takes: "text" },
  g: { name: "give" },
  "?": { name: "help" },
};
const MOST = 8;

/** Splits what is typed. @param {string} line @returns {{verb: string|null, rest: string}} `verb` is "" after a bare slash */
export function parse(line) {
  const text = line.replace(/^[／、]/, "/").trimStart();
  if (/^[?？]$/.test(text.trim())) return { verb: "?", rest: "" };
  if (!text.startsWith("/")) return { verb: null, rest: text.trim() };
  // A number or a name behind the slash that the key put there is no command.
  if (/^\/[^\sa-z?？]/i.test(text)) return { verb: null, rest: text.slice(1).trim() };
  // Nor is `/yd`, which begins no command: the initials of a place, typed by who found the slash and looked no further.
  if (/^\/[a-z]{2,}$/i.test(text) && !beginsVerb(text.slice(1).toLowerCase())) return { verb: null, rest: text.slice(1) };
  const found = /^\/(\S*)(?:\s+(.*))?$/s.exec(text);
  return { verb: (found?.[1] ?? "").toLowerCase().replace("？", "?"), rest: (found?.[2] ?? "").trim() };
}

/** @param {string} word */
function beginsVerb(word) {
  return word in VERBS || Object.values(VERBS).some(({ name }) => name.startsWith(word));
}

/** Whether a typed word lies in a text, case and blanks aside. @param {string} text @param {string} query */
function has(text, query) {
  return text.toLowerCase().includes(query.toLowerCase());
}

/** @param {Record<string, string>} areas @param {string} query @returns {Item[]} the wider areas first */
export function areaItems(areas, query) {
  const found = Object.entries(areas).filter(([code, name]) => !code.includes("/") && query && (has(name, query) || code === query));
  found.sort(([a, x], [b, y]) => Number(!x.startsWith(query)) - Number(!y.startsWith(query)) || a.length - b.length || (a < b ? -1 : 1));
  return found.slice(0, MOST).map(([code, name]) => {
    const above = [9, 6].map((n) => (n < code.length ? areas[code.slice(0, n)] : "")).filter(Boolean)[0] ?? "";
    return { kind: "area", id: code, label: name, hint: above, fill: name };
  });
}

/** @typedef {(unit: any) => string} Say what the reader calls a unit */
const asIs = (/** @type {any} */ unit) => unit.name;

/** Both names of a unit may be typed. @param {any[]} units @param {string} query @param {(key: string) => string} t @param {Say} [say] @returns {Item[]} free ones first */
export function unitItems(units, query, t, say = asIs) {
  const found = units.filter((unit) => unit.on_duty && (!query || has(unit.name, query) || has(say(unit), query)));
  found.sort((a, b) => Number(a.state !== "available") - Number(b.state !== "available") || a.name.localeCompare(b.name));
  return found.slice(0, MOST).map((unit) => ({ kind: "unit", id: unit.id, label: say(unit), hint: `${t(`unit.${unit.kind}`)} · ${t(`unit_state.${unit.state}`)}`, fill: say(unit) }));
}

/** Cases by number (its end is enough) or by what they are about. @param {Known} known @param {string} query @returns {Item[]} */
export function caseItems(known, query) {
  if (!query) return [];
  const exact = (/** @type {any} */ record) => Number(!record.number.endsWith(query));
  const found = known.cases.filter((record) => has(record.number, query) || has(known.tell(record), query));
  found.sort((a, b) => exact(a) - exact(b) || (a.reported_at > b.reported_at ? -1 : 1));
  return found.slice(0, MOST).map((record) => ({ kind: "case", id: record.id, label: record.number, hint: known.tell(record), fill: record.number }));
}

/** @param {string} typed @param {(key: string) => string} t @returns {Item[]} */
function verbItems(typed, t) {
  return Object.entries(VERBS)
    .sort(([a], [b]) => Number(b === typed) - Number(a === typed))
    .filter(([letter, verb]) => letter.startsWith(typed) || verb.name.startsWith(typed) || has(t(`command.${verb.name}`), typed))
    .map(([letter, verb]) => ({ kind: "verb", id: letter, label: `/${letter}`, hint: t(`command.${verb.name}`), fill: verb.takes ? `/${letter} ` : `/${letter}` }));
}

/** @param {string[]} names @param {string} prefix @param {string} letter @param {(key: string) => string} t @returns {Item[]} */
function choices(names, prefix, letter, t) {
  return names.map((name) => ({ kind: "choice", id: name, label: t(`${prefix}.${name}`), hint: "", fill: `/${letter} ${t(`${prefix}.${name}`)}` }));
}

/** What could be meant by the line so far. @param {string} line @param {Known} known @returns {Item[]} */
export function complete(line, known) {
  const { verb, rest } = parse(line);
  if (verb === null) return rest ? [...caseItems(known, rest), ...areaItems(known.areas, rest), ...unitItems(known.units, rest, known.t, known.say)].slice(0, MOST) : [];
  const chosen = VERBS[verb];
  if (!chosen || !/^\S+\s/.test(line.trimStart())) return verbItems(verb, known.t);
  const last = rest.split(/[,，、]\s*/).at(-1) ?? "";
  if (chosen.takes === "area") return areaItems(known.areas, rest);
  if (chosen.takes === "unit") return unitItems(known.units, last, known.t, known.say).map((item) => ({ ...item, fill: `/${verb} ${joinLast(rest, item.label)}` }));
  if (chosen.takes === "verdict") return choices(["passed", "failed"], "verdict", verb, known.t);
  if (chosen.takes === "filter") return choices(["mine", "all", "late"], "filter", verb, known.t);
  return [];
}

/** What of a line is to be looked for on the map: all of it when it is no command, and what `/f` flies to; else "". @param {string} line */
export function lookedFor(line) {
  const { verb, rest } = parse(line);
  return verb === null || verb === "f" ? rest : "";
}

/** Finds of the server, as completions. @param {{items: any[]}[]} groups @param {(find: any) => string} say @param {(find: any) => string} [called] @returns {Item[]} */
export function placeItems(groups, say, called = asIs) {
  return groups.flatMap(({ items }) => items).map((find) => ({ kind: "place", id: find.id, label: called(find), hint: say(find), fill: called(find), find }));
}

/** Puts `name` in the place of the last of several names. @param {string} rest @param {string} name */
function joinLast(rest, name) {
  const names = rest.split(/[,，、]\s*/);
  names[names.length - 1] = name;
  return names.join("，");
}

/** The units whose names were typed, one or several; null for a name that is none or not only one. @param {string} rest @param {any[]} units @param {Say} [say] */
export function unitsNamed(rest, units, say = asIs) {
  const names = rest.split(/[,，、]\s*/).filter(Boolean);
  return names.map((name) => {
    const exact = units.filter((unit) => unit.name === name || say(unit) === name);
    const found = exact.length ? exact : units.filter((unit) => unit.on_duty && (has(unit.name, name) || has(say(unit), name)));
    return { name, unit: found.length === 1 ? found[0] : null, many: found.length > 1 };
  });
}

/** Whether what follows /v says that a result passed: the word as it is offered, or its beginning. @param {string} said @param {string} word */
export function isPassed(said, word) {
  const typed = said.trim().toLowerCase();
  return typed.length > 1 && ["passed", word.toLowerCase()].some((one) => one.startsWith(typed));
}
