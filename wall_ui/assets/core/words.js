// The text catalogue in the browser: the server's own table, two languages, switched without a reload.

const COOKIE = "wall_lang";
const YEAR_S = 31_536_000;

/** @returns {"zh"|"en"} */
function chosen() {
  return /(?:^|;\s*)wall_lang=en(?:;|$)/.test(globalThis.document?.cookie ?? "") ? "en" : "zh";
}

export class Words extends EventTarget {
  /** @param {Record<string, [string, string]>} [table] @param {"zh"|"en"} [lang] */
  constructor(table = {}, lang = chosen()) {
    super();
    this.table = table;
    /** @type {Record<string, string>} category → group */
    this.groups = {};
    /** @type {Record<string, [string, number]>} category → its usual class and priority */
    this.usual = {};
    this.lang = lang;
  }

  async load() {
    const link = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel="preload"][href*="words.json"]'));
    const answer = await fetch(link?.href ?? "/assets/words.json");
    const { words, groups, usual } = await answer.json();
    this.table = words;
    this.groups = groups;
    this.usual = usual ?? {};
  }

  /**
   * The word for `key`, its `{places}` filled; the key itself when the catalogue lacks it.
   * @param {string} key @param {Record<string, unknown>} [places]
   */
  t(key, places) {
    const word = this.table[key]?.[this.lang === "en" ? 1 : 0] ?? key;
    return places ? word.replace(/\{(\w+)\}/g, (_, name) => String(places[name] ?? "")) : word;
  }

  /** Whether the catalogue knows `key`. @param {string} key */
  has(key) {
    return key in this.table;
  }

  /** Writes the words into every element that names one: `data-w` its text, `data-w-title` and so on an attribute. */
  fill(/** @type {ParentNode} */ root) {
    for (const element of root.querySelectorAll("[data-w]")) {
      element.textContent = this.t(/** @type {HTMLElement} */ (element).dataset.w ?? "");
    }
    for (const name of ["title", "placeholder", "aria-label"]) {
      for (const element of root.querySelectorAll(`[data-w-${name}]`)) {
        element.setAttribute(name, this.t(element.getAttribute(`data-w-${name}`) ?? ""));
      }
    }
  }

  /** Changes the language for this page and for the next ones. Fires `change`. @param {"zh"|"en"} lang */
  use(lang) {
    this.lang = lang;
    document.cookie = `${COOKIE}=${lang}; path=/; max-age=${YEAR_S}; samesite=lax`;
    document.documentElement.lang = lang === "en" ? "en" : "zh-CN";
    this.fill(document.body);
    this.dispatchEvent(new Event("change"));
  }

  toggle() {
    this.use(this.lang === "zh" ? "en" : "zh");
  }
}
