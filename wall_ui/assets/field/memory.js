// What the phone keeps for when there is no network: the last answers, the person's switches, an unfinished report.

export class Memory {
  /** @param {Storage} storage @param {string} [prefix] */
  constructor(storage, prefix = "wall.field.") {
    this.storage = storage;
    this.prefix = prefix;
  }

  /** @param {string} name @param {unknown} value */
  keep(name, value) {
    try {
      this.storage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // A full storage costs only the memory of this; what waits to be sent is kept elsewhere.
    }
  }

  /** @param {string} name @param {any} [otherwise] */
  recall(name, otherwise = null) {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + name) ?? "null") ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  /** Forgets everything but what waits to be sent: the phone may change hands. */
  forget() {
    const names = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i) ?? "");
    for (const name of names) {
      if (name.startsWith(this.prefix) && !name.endsWith(".outbox")) this.storage.removeItem(name);
    }
  }

  /** The answer of `ask`, kept; without a network the one kept before. @param {string} name @param {() => Promise<any>} ask */
  async through(name, ask) {
    try {
      const answer = await ask();
      this.keep(name, answer);
      return answer;
    } catch (error) {
      const kept = this.recall(name);
      if (kept === null || /** @type {any} */ (error).status === 401) throw error;
      return kept;
    }
  }
}
