// Names of areas and desks by their codes; the code is the hierarchy.

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

/** @param {string} name */
export function shortName(name) {
  return name.replace(/(村民委员会|居民委员会|社区居委会|村委会)$/, "");
}

export class AreaNames {
  /** @param {Record<string, string>} names code → name */
  constructor(names) {
    this.names = names;
  }

  /** The name of exactly this code or desk, else the code itself. @param {string} code */
  name(code) {
    return this.names[code] ?? shortName(code);
  }

  /** The name of the area of `level` that holds `code`, or "". @param {string} code @param {keyof typeof LENGTHS} level */
  at(code, level) {
    const length = LENGTHS[level];
    if (code.length < length) return "";
    return shortName(this.names[code.slice(0, length)] ?? "");
  }

  /** Where a case is, for people: the township, and the village where `fine`. @param {string} code @param {boolean} [fine] */
  place(code, fine = false) {
    const town = this.at(code, "township");
    const village = fine ? this.at(code, "village") : "";
    return town && village ? `${town}${village}` : town || village || this.at(code, "county") || code;
  }
}

/** @param {import("./api.js").Api} api */
export async function loadAreaNames(api) {
  const [names, directory] = await Promise.all([
    api.get("/api/areas/names").catch(() => ({})),
    api.get("/api/directory").catch(() => ({ desks: [] })),
  ]);
  for (const desk of directory.desks ?? []) {
    const code = desk.desk ?? desk.id;
    if (code && !(code in names)) names[code] = desk.name;
  }
  return new AreaNames(names);
}
