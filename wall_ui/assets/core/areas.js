// Names of areas and desks by their codes, in the reader's language; the code is the hierarchy.
//
// In English a name is its pinyin and the kind of area, as the server writes it: Yaodian Township. What maps and signs say
// stands beside it where there is room (`beside`).

const LENGTHS = { county: 6, township: 9, village: 12, grid: 15 };

/** @param {string} code @returns {"county"|"township"|"village"|"grid"|"department"} */
export function levelOf(code) {
  if (code.includes("/")) return "department";
  if (code.length <= 6) return "county";
  if (code.length <= 9) return "township";
  return code.length <= 12 ? "village" : "grid";
}

/** The tier a desk belongs to: departments sit at the tier of their area. @param {string} desk */
export function tierOf(desk) {
  const level = levelOf(desk.split("/")[0]);
  return level === "grid" || level === "village" ? "village" : level;
}

/** The area desk directly above one, or "" above the county's, where a leader stands. @param {string} desk */
export function superiorOf(desk) {
  if (desk.includes("/")) return desk.split("/")[0];
  return desk.length > LENGTHS.county ? desk.slice(0, -3) : "";
}

/** @param {string} name */
export function shortName(name) {
  return name.replace(/(村民委员会|居民委员会|社区居委会|村委会)$/, "").replace(/ (Township|Subdistrict|Village|Community)(?= Grid|$)/, "");
}

export class AreaNames {
  /**
   * @param {Record<string, string>} names code → name @param {import("./words.js").Words|null} [words]
   * @param {Record<string, string>} [english] code → name in English
   */
  constructor(names, words = null, english = {}) {
    this.names = names;
    this.words = words;
    this.english = english;
  }

  /** Takes over newer names, for everybody who holds this. @param {AreaNames} newer */
  take(newer) {
    this.names = newer.names;
    this.english = newer.english;
  }

  get #isEnglish() {
    return this.words?.lang === "en";
  }

  /** What the reader calls a code, if it has a name. @param {string} code @returns {string|undefined} */
  #said(code) {
    const department = `department.${code.split("/")[1]}`;
    // A township has no list of the county's departments, and still reads which of them helps.
    if (!this.#isEnglish) return this.names[code] ?? (this.words?.has(department) ? this.words.t(department) : undefined);
    return this.english[code] ?? (this.words?.has(department) ? this.words.t(department) : this.names[code]);
  }

  /** The name of exactly this code or desk, else the code itself. @param {string} code */
  name(code) {
    return this.#said(code) ?? shortName(code);
  }

  /** Where somebody sits. @param {import("./session.js").Session["actor"]} actor */
  seat(actor) {
    return this.#isEnglish ? this.name(actor.desk || actor.area) : actor.desk_name || actor.area_name;
  }

  /** In English the place as it stands on signs, to be shown beside the other; else "". @param {string} code */
  beside(code) {
    if (!this.#isEnglish || !(code in this.english)) return "";
    const lengths = [LENGTHS.township, LENGTHS.village].filter((length) => length <= code.length);
    return lengths.map((length) => shortName(this.names[code.slice(0, length)] ?? "")).join("") || this.names[code];
  }

  /** Everything that may be typed for an area: in English both of its names. @returns {Record<string, string>} */
  get typed() {
    if (!this.#isEnglish) return this.names;
    return Object.fromEntries(Object.entries(this.names).map(([code, name]) => [code, code in this.english ? `${this.english[code]} ${shortName(name)}` : this.name(code)]));
  }

  /** The name of the area of `level` that holds `code`, or "". @param {string} code @param {keyof typeof LENGTHS} level */
  at(code, level) {
    const length = LENGTHS[level];
    if (code.length < length) return "";
    return shortName(this.#said(code.slice(0, length)) ?? "");
  }

  /** Where a case is, for people: the township, and the village where `fine`. @param {string} code @param {boolean} [fine] */
  place(code, fine = false) {
    const town = this.at(code, "township");
    const village = fine ? this.at(code, "village") : "";
    if (town && village) return this.#isEnglish ? `${village}, ${town}` : `${town}${village}`;
    return town || village || this.at(code, "county") || code;
  }

  /** Township, village and grid, each once: a grid's own name begins with its village's. @param {string} code */
  whole(code) {
    const village = this.at(code, "village");
    const grid = this.at(code, "grid");
    const rest = grid.startsWith(village) ? grid.slice(village.length) : grid;
    if (!this.#isEnglish) return `${this.at(code, "township")}${village}${rest}` || this.place(code);
    return [rest.trim(), ...["village", "township"].map((level) => this.#above(code, /** @type {"village"} */ (level)))].filter(Boolean).join(", ") || this.place(code);
  }

  /** @param {string} code @param {keyof typeof LENGTHS} level */
  #above(code, level) {
    return code.length < LENGTHS[level] ? "" : (this.#said(code.slice(0, LENGTHS[level])) ?? "");
  }
}

/** @param {import("./api.js").Api} api @param {import("./words.js").Words} words */
export async function loadAreaNames(api, words) {
  const [names, directory, english] = await Promise.all([
    api.get("/api/areas/names").catch(() => ({})),
    api.get("/api/directory").catch(() => ({ desks: [] })),
    api.get("/api/areas/names?language=en").catch(() => ({})),
  ]);
  for (const desk of directory.desks ?? []) {
    const code = desk.desk ?? desk.id;
    if (code && !(code in names)) names[code] = desk.name;
  }
  return new AreaNames(names, words, english);
}
