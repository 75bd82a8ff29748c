// What was tapped and is not yet accepted by the server. It is written down before it is sent, each with its own
// Idempotency-Key, so that neither a dead spot nor a dead battery loses it or does it twice.

import { newKey } from "../core/api.js";

/**
 * @typedef {object} Entry
 * @property {string} key the Idempotency-Key
 * @property {string} owner account that may send it
 * @property {"move"|"report"} kind
 * @property {string} path
 * @property {any} body
 * @property {string} [case_id]
 * @property {string} at when it was tapped
 * @property {{code: string, detail: string}} [refused] why the server will never take it
 */

// The server or the way to it is at fault, not what was sent: it stays and is tried again.
export const AGAIN = new Set([0, 401, 408, 421, 425, 429, 500, 502, 503, 504]);

export class Outbox extends EventTarget {
  /**
   * @param {{storage: Storage, owner: string, send: (entry: Entry) => Promise<any>, now?: () => number, name?: string}} parts
   */
  constructor({ storage, owner, send, now = Date.now, name = "wall.field.outbox" }) {
    super();
    this.storage = storage;
    this.owner = owner;
    this.send = send;
    this.now = now;
    this.name = name;
    /** @type {Entry[]|null} what a full or forbidden storage could not take */
    this.memory = null;
    /** @type {Promise<boolean>|null} */
    this.flushing = null;
  }

  /** @returns {Entry[]} of every owner, oldest first */
  #all() {
    if (this.memory) return this.memory;
    try {
      const read = JSON.parse(this.storage.getItem(this.name) ?? "[]");
      return Array.isArray(read) ? read : [];
    } catch {
      return [];
    }
  }

  /** @param {Entry[]} entries */
  #write(entries) {
    try {
      this.storage.setItem(this.name, JSON.stringify(entries));
      this.memory = null;
    } catch {
      this.memory = entries;
    }
    this.dispatchEvent(new Event("change"));
  }

  get waiting() {
    return this.#all().filter((entry) => entry.owner === this.owner && !entry.refused);
  }

  get refused() {
    return this.#all().filter((entry) => entry.owner === this.owner && entry.refused);
  }

  /** What waits for one case. @param {string} case_id */
  of(case_id) {
    return this.waiting.filter((entry) => entry.case_id === case_id);
  }

  /** @param {{kind: "move"|"report", path: string, body: any, case_id?: string}} order @returns {Entry} */
  add(order) {
    const entry = { key: newKey(), owner: this.owner, at: new Date(this.now()).toISOString(), ...order };
    this.#write([...this.#all(), entry]);
    return entry;
  }

  /** Takes out what was refused, once it has been read. @param {string} key */
  dismiss(key) {
    this.#write(this.#all().filter((entry) => entry.key !== key));
  }

  /** Sends what waits, in order. @returns {Promise<boolean>} whether nothing is left to send */
  flush() {
    this.flushing ??= this.#flush().finally(() => {
      this.flushing = null;
    });
    return this.flushing;
  }

  async #flush() {
    for (let entry = this.waiting[0]; entry; entry = this.waiting[0]) {
      try {
        const answer = await this.send(entry);
        this.#write(this.#all().filter((one) => one.key !== entry.key));
        this.dispatchEvent(new CustomEvent("sent", { detail: { entry, answer } }));
      } catch (error) {
        const { status = 0, code = "unknown", detail = "" } = /** @type {any} */ (error);
        if (AGAIN.has(status) || code === "forged") return false;
        const refused = { code, detail };
        this.#write(this.#all().map((one) => (one.key === entry.key ? { ...one, refused } : one)));
        this.dispatchEvent(new CustomEvent("refused", { detail: { entry, error } }));
      }
    }
    return true;
  }
}
