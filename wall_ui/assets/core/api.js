// Calls to the HTTP API: JSON both ways, the CSRF token and an idempotency key on what writes, problems as ApiError.

/** A random key that also works without a secure context, where crypto.randomUUID does not exist. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A refusal by the API: `code` is stable, `detail` is for people, `body` holds the rest (a 412 has the new `case`). */
export class ApiError extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body?.detail || body?.title || `HTTP ${status}`);
    this.status = status;
    this.code = body?.code ?? "unknown";
    this.detail = body?.detail ?? "";
    this.body = body ?? {};
  }

  /** The word that tells a person what went wrong. @param {import("./words.js").Words} words */
  say(words) {
    const key = `error.${this.code}`;
    if (words.has(key)) return words.t(key, { detail: this.detail });
    return words.t("error.unknown", { detail: this.detail || this.message });
  }
}

export class Api {
  constructor() {
    this.csrf = "";
    /** Called on a 401 outside of the log-in itself. */
    this.onSessionLost = () => {};
  }

  /** @param {string} path @returns {Promise<any>} */
  get(path) {
    return this.#call("GET", path);
  }

  /**
   * Sends a write. `key` makes a retry the same write; without one each call is a new write.
   * @param {string} path @param {unknown} [body] @param {{key?: string}} [options] @returns {Promise<any>}
   */
  post(path, body, { key = newKey() } = {}) {
    return this.#call("POST", path, body, { "Idempotency-Key": key });
  }

  /** @param {string} path @param {unknown} body @returns {Promise<any>} */
  put(path, body) {
    return this.#call("PUT", path, body);
  }

  /** @param {string} path @returns {Promise<any>} */
  delete(path) {
    return this.#call("DELETE", path);
  }

  /**
   * Makes one move on a case as it was seen. Resolves with the new CaseRecord.
   * @param {{id: string, version: number}} seen @param {string} move @param {object} [fields]
   */
  async move(seen, move, fields = {}) {
    const body = { move, expected_version: seen.version, ...fields };
    return (await this.post(`/api/cases/${seen.id}/moves`, body)).case;
  }

  /** Sends a file as it is. @param {string} path @param {Blob} file @returns {Promise<any>} */
  upload(path, file) {
    return this.#call("POST", path, file);
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [extra] */
  async #call(method, path, body, extra = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...extra };
    const whole = body instanceof Blob;
    if (body !== undefined) headers["Content-Type"] = whole ? "application/octet-stream" : "application/json";
    if (method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    let answer;
    try {
      answer = await fetch(path, { method, headers, body: body === undefined || whole ? body : JSON.stringify(body) });
    } catch {
      throw new ApiError(0, { code: "network" });
    }
    const text = await answer.text();
    const data = text ? JSON.parse(text) : null;
    if (answer.ok) return data;
    if (answer.status === 401 && path !== "/api/session") this.onSessionLost();
    throw new ApiError(answer.status, data);
  }
}
