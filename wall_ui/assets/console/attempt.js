// One write, tried until it is answered: a retry of the same thing after a silence must not be done twice.

import { newKey } from "../core/api.js";

/** Whether the server may have done it although we heard nothing. @param {any} error */
export function isUnsure(error) {
  return error.status === 0 || error.status >= 500;
}

/** Gives the same idempotency key to the same write until it is known what became of it. */
export class Attempts {
  /** @param {() => string} [fresh] */
  constructor(fresh = newKey) {
    this.fresh = fresh;
    /** @type {Map<string, string>} */
    this.open = new Map();
  }

  /** @param {import("../core/api.js").Api} api @param {string} path @param {unknown} body */
  async post(api, path, body) {
    const what = `${path} ${JSON.stringify(body)}`;
    const key = this.open.get(what) ?? this.fresh();
    this.open.set(what, key);
    try {
      const answer = await api.post(path, body, { key });
      this.open.delete(what);
      return answer;
    } catch (error) {
      if (!isUnsure(error)) this.open.delete(what);
      throw error;
    }
  }
}
