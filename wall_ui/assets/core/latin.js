// Names in Latin letters for who reads English: persons surname first, roads, facilities and cameras as the server calls them.
//
// Areas have names of their own (areas.js). In Chinese, and until the tables are here, everything keeps the name it has.

const READINGS = "/assets/readings.json";

export class Latin {
  /** @param {import("./words.js").Words} words @param {(path: string) => Promise<any>} get */
  constructor(words, get) {
    this.words = words;
    this.get = get;
    /** @type {Map<string, string>} how a character is read in a name */
    this.syllables = new Map();
    /** @type {Map<string, string>} how a surname is read, of one character or of two */
    this.surnames = new Map();
    /** @type {Map<string, Map<string, string>>} layer → name → name in English */
    this.things = new Map();
    /** @type {Set<string>} layers whose names this page shows */
    this.layers = new Set();
    /** @type {Record<string, string>} */
    this.titles = {};
    this.asked = false;
    words.addEventListener("change", () => void this.#learn());
  }

  get #isEnglish() {
    return this.words.lang === "en";
  }

  /** A person's name, surname first: Gao Xiaoqin, Ms Guo. What is no name of two to four Hanzi stays. @param {any} name @returns {any} */
  person(name) {
    if (!this.#isEnglish || !name || !/^[\u3400-\u9fff]{2,4}$/.test(name)) return name;
    const whole = [...name];
    const length = whole.length > 2 && this.surnames.has(whole.slice(0, 2).join("")) ? 2 : 1;
    const surname = whole.slice(0, length).join("");
    const read = [this.surnames.get(surname) ?? this.syllables.get(surname), ...whole.slice(length).map((one) => this.syllables.get(one))];
    if (read.some((one) => one === undefined)) return name;
    const [first, ...given] = /** @type {string[]} */ (read);
    const title = this.titles[whole.slice(length).join("")];
    if (title) return `${title} ${capital(first)}`;
    return `${capital(first)} ${capital(given.map((one, i) => (i && /^[aoe]/.test(one) ? `'${one}` : one)).join(""))}`;
  }

  /** A road, facility, place or camera. @param {string} name */
  called(name) {
    if (!this.#isEnglish) return name;
    for (const names of this.things.values()) {
      const said = names.get(name);
      if (said) return said;
    }
    return name;
  }

  /** Fetches how persons are called, if somebody reads English. */
  async load() {
    if (!this.#isEnglish || this.asked) return;
    this.asked = true;
    try {
      const { readings, surnames, titles } = await this.get(READINGS);
      for (const [syllable, characters] of Object.entries(readings)) for (const one of characters) this.syllables.set(one, syllable);
      this.surnames = new Map(Object.entries(surnames));
      this.titles = titles;
    } catch (error) {
      console.warn("readings", error);
    }
  }

  /** Has the names of these layers ready whenever somebody reads English. @param {string[]} layers */
  know(layers) {
    for (const name of layers) this.layers.add(name);
    return this.#learn();
  }

  /** Things may be called otherwise since an import. */
  forget() {
    this.things.clear();
    return this.#learn();
  }

  /** Fetches what is missing, and has everything that bears a name drawn again. */
  async #learn() {
    const missing = [...this.layers].filter((name) => !this.things.has(name));
    if (!this.#isEnglish || (this.asked && !missing.length)) return;
    for (const name of missing) this.things.set(name, new Map());
    await Promise.all([this.load(), ...missing.map((name) => this.#fetch(name))]);
    this.words.dispatchEvent(new Event("change"));
  }

  /** @param {string} name */
  async #fetch(name) {
    try {
      this.things.set(name, new Map(Object.entries(await this.get(`/api/layers/${name}/names`))));
    } catch (error) {
      console.warn(`names of ${name}`, error);
    }
  }
}

/** @param {string} word */
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
