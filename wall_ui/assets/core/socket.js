// The one WebSocket of a page: hello, snapshot or replay, live events in order, positions; it mends itself.

/** @typedef {"connecting"|"live"|"reconnecting"|"stale"} LinkState */

const BEAT_MS = 10_000;
// Two beats and a little: silence longer than this is a dead link even when the browser has not noticed.
const SILENCE_MS = 24_000;
// Data older than this is said to be stale on the screen; people must not act on it.
const STALE_MS = 15_000;
// The server's code for a session that has ended: only a new log-in helps.
const SESSION_OVER = 4401;
const RETRY_FIRST_MS = 300;
const RETRY_MAX_MS = 3_000;

/** Waiting time before try `n`, spread so that all screens do not return at once. @param {number} n @param {() => number} [chance] */
export function retryAfter(n, chance = Math.random) {
  const limit = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** n);
  return limit * (0.5 + chance() / 2);
}

export class Socket extends EventTarget {
  /**
   * @param {{store: import("./store.js").Store, positions: import("./positions.js").Positions,
   *   clock: import("./clock.js").ServerClock, url?: string, make?: (url: string) => WebSocket}} parts
   */
  constructor({ store, positions, clock, url, make }) {
    super();
    this.store = store;
    this.positions = positions;
    this.clock = clock;
    this.url = url;
    this.make = make ?? ((u) => new WebSocket(u));
    /** @type {LinkState} */
    this.state = "connecting";
    /** @type {WebSocket|null} */
    this.socket = null;
    this.tries = 0;
    this.heard_ms = 0;
    this.lost_ms = Date.now();
    /** @type {any[]} */
    this.timers = [];
    this.viewing_id = /** @type {string|null} */ (null);
    /** How often each layer had changed when this page began to fetch them. @type {Record<string, number>|null} */
    this.ground = null;
    /** Whether a person sits at a desk here, so that its robot stands aside. */
    this.desk = false;
    /** What this page wants to hear of: a phone leaves out the positions of others. */
    this.topics = ["cases", "units", "positions"];
  }

  open() {
    if (this.timers.length) return;
    this.timers = [setInterval(() => this.#beat(), BEAT_MS), setInterval(() => this.#watch(), 1000)];
    globalThis.addEventListener?.("online", () => this.#again(0));
    this.#connect();
  }

  close() {
    this.timers.forEach(clearInterval);
    this.timers = [];
    this.#drop();
  }

  /** Tells others which case this person has open. @param {string|null} case_id */
  viewing(case_id) {
    this.viewing_id = case_id;
    this.#send({ type: "viewing", case_id });
  }

  #connect() {
    this.#drop();
    const url = this.url ?? `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/stream`;
    const socket = this.make(url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heard_ms = Date.now();
    socket.onopen = () => {
      this.#send({ type: "hello", since: this.store.seq, view: this.store.view, topics: this.topics, desk: this.desk });
      if (this.viewing_id) this.viewing(this.viewing_id);
    };
    socket.onmessage = (message) => this.#hear(message.data);
    socket.onclose = (event) => this.#again(this.tries, event);
    socket.onerror = () => {};
  }

  /** @param {number} tries @param {CloseEvent} [event] */
  #again(tries, event) {
    if (!this.timers.length) return;
    this.#drop();
    if (event?.code === SESSION_OVER) {
      this.close();
      this.#setState("stale");
      this.dispatchEvent(new Event("refused"));
      return;
    }
    if (this.state === "live") this.lost_ms = Date.now();
    this.#setState(this.state === "stale" ? "stale" : "reconnecting");
    this.tries = tries + 1;
    this.retry = setTimeout(() => this.#connect(), retryAfter(tries));
  }

  #drop() {
    clearTimeout(this.retry);
    if (!this.socket) return;
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
    this.socket = null;
  }

  /** @param {string|ArrayBuffer} data */
  #hear(data) {
    this.heard_ms = Date.now();
    if (typeof data !== "string") {
      this.positions.read(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.at && message.type !== "event") this.clock.hear(message.at);
    if (message.type === "snapshot") this.#take(() => this.store.snapshot(message));
    else if (message.type === "event") this.#event(message);
    else if (message.type === "beat") this.#take(() => this.#ground(message.ground));
    else this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }

  /** @param {any} message */
  #event(message) {
    // Already here: a replay may begin a little early. A gap: what lies between must be fetched before this one.
    if (this.store.seq !== null && message.seq <= this.store.seq) return;
    if (this.store.seq !== null && message.prev !== undefined && message.prev !== this.store.seq) {
      this.#again(0);
      return;
    }
    this.#take(() => {
      this.store.apply(message);
      this.dispatchEvent(new CustomEvent("event", { detail: message }));
    });
  }

  /** @param {() => void} apply */
  #take(apply) {
    this.tries = 0;
    this.#setState("live");
    apply();
  }

  /** Beats tell how often each layer changed; what is newer than the page's own is told once. @param {Record<string, number>} [told] */
  #ground(told) {
    const mine = this.ground;
    if (!told || !mine) return;
    const changed = Object.keys(told).filter((layer) => told[layer] !== mine[layer]);
    if (changed.length === 0) return;
    this.ground = told;
    this.dispatchEvent(new CustomEvent("ground", { detail: changed }));
  }

  #beat() {
    this.#send({ type: "beat" });
  }

  #watch() {
    if (this.state === "live" && Date.now() - this.heard_ms > SILENCE_MS) this.#again(0);
    if (this.state === "reconnecting" && Date.now() - this.lost_ms > STALE_MS) this.#setState("stale");
  }

  /** @param {object} message */
  #send(message) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  /** @param {LinkState} state */
  #setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
