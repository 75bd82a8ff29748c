// What happened to a case, with the words that came with it. Pure.

/**
 * Puts each text beside the fact of its moment and move; texts of no fact stand alone. Oldest first.
 * @param {any[]} history facts @param {any[]} texts @returns {{at: string, fact: any|null, texts: any[]}[]}
 */
export function pairTexts(history, texts) {
  const steps = history.map((fact) => ({ at: fact.at, fact, texts: /** @type {any[]} */ ([]) }));
  const alone = [];
  for (const text of texts) {
    const step = steps.find((one) => one.at === text.at && belongs(text.kind, one.fact.kind));
    if (step) step.texts.push(text);
    else alone.push({ at: text.at, fact: null, texts: [text] });
  }
  return [...steps, ...alone].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/**
 * The newest words of one kind, or undefined where nobody said any, or they may not be read here: why it is asked, offered or ordered.
 * @param {any[]} texts @param {string} kind @param {string} [at] the moment of the move that they came with @returns {string|undefined}
 */
export function wordsOf(texts, kind, at) {
  return texts.findLast((one) => one.kind === kind && (!at || one.at === at))?.text;
}

/** @param {string} kind of a text, like escalate_reason @param {string} fact like case.escalate */
function belongs(kind, fact) {
  const move = fact.replace("case.", "");
  if (kind === "result" || kind === "reply") return move === "resolve" || move === "self_close" || move === "finish_help";
  if (kind === "without_help" || kind === "without_steps") return move === "resolve";
  if (kind === "where_to_turn") return move === "refuse";
  return kind === move || kind === `${move}_reason`;
}

/** Facts about a case newer than the version somebody had read. @param {any[]} history @param {number} version */
export function since(history, version) {
  return history.filter((fact) => fact.version > version && fact.kind.startsWith("case."));
}
