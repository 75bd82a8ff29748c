// Sends where this unit is, while the switch is on: reads the phone's position and posts what is new in batches.
import { Track, fixOf } from "./track.js";
import { newKey } from "../core/api.js";

const EVERY_MS = 5000;

export class PositionSender extends EventTarget {
  /** @param {{api: import("../core/api.js").Api, unit: () => string|null, now: () => number}} parts */
  constructor({ api, unit, now }) {
    super();
    this.api = api;
    this.unit = unit;
    this.now = now;
    this.track = new Track();
    this.on = false;
    /** @type {"off"|"waiting"|"on"|"denied"|"insecure"|"lost"} */
    this.state = "off";
    this.sent_ms = 0;
    this.watching = /** @type {number|null} */ (null);
    this.busy = false;
  }

  /** The newest own fix, or null. */
  get last() {
    return this.track.last;
  }

  /** @param {boolean} on */
  turn(on) {
    this.on = on;
    if (on && this.watching === null) this.#start();
    if (!on) this.#stop("off");
  }

  #start() {
    if (!globalThis.isSecureContext || !navigator.geolocation) return this.#set("insecure");
    this.#set("waiting");
    this.watching = navigator.geolocation.watchPosition(
      (position) => {
        this.track.take(fixOf(position));
        this.#set("on");
      },
      (error) => (error.code === 1 ? this.#stop("denied") : this.#set("lost")),
      { enableHighAccuracy: true, maximumAge: 4000, timeout: 20_000 },
    );
    this.timer = setInterval(() => void this.send(), EVERY_MS);
    void this.#firstSend();
  }

  async #firstSend() {
    await new Promise((done) => setTimeout(done, 1200));
    await this.send();
  }

  /** @param {"off"|"denied"} state */
  #stop(state) {
    if (this.watching !== null) navigator.geolocation.clearWatch(this.watching);
    clearInterval(this.timer);
    this.watching = null;
    this.#set(state);
  }

  /** @param {PositionSender["state"]} state */
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  async send() {
    const unit = this.unit();
    const batch = this.track.batch();
    if (!unit || this.busy || batch.length === 0) return;
    this.busy = true;
    try {
      const positions = batch.map((fix) => ({ unit, ...fix }));
      await this.api.post("/api/positions", { positions }, { key: newKey() });
      this.track.done(batch);
      this.sent_ms = this.now();
    } catch (error) {
      // What the server will never take must not stand in the way of the next.
      const status = /** @type {any} */ (error).status ?? 0;
      if (status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status)) this.track.done(batch);
    } finally {
      this.busy = false;
      this.dispatchEvent(new Event("change"));
    }
  }
}

/** One position now, for a report. @returns {Promise<import("./track.js").Fix>} */
export function whereAmI() {
  return new Promise((found, failed) => {
    if (!globalThis.isSecureContext || !navigator.geolocation) failed(new Error("insecure"));
    else {
      const options = { enableHighAccuracy: true, maximumAge: 15_000, timeout: 15_000 };
      navigator.geolocation.getCurrentPosition((position) => found(fixOf(position)), failed, options);
    }
  });
}
