// Sounds on arrival, made by the browser itself, distinct by priority; a switch, and a hint while the browser forbids them.

/** Tones of a call: [hertz, start in s, length in s]. At least 20 % apart in pitch and unlike in rhythm (NUREG-0700). */
/** @type {Record<string, [number, number, number][]>} */
export const CALLS = {
  1: [[880, 0, 0.14], [587, 0.17, 0.14], [880, 0.34, 0.14], [587, 0.51, 0.14], [880, 0.68, 0.14], [587, 0.85, 0.2]],
  2: [[784, 0, 0.13], [784, 0.2, 0.13], [1047, 0.4, 0.22]],
  3: [[659, 0, 0.16], [880, 0.18, 0.26]],
  4: [[523, 0, 0.3]],
  order: [[392, 0, 0.2], [392, 0.28, 0.2], [523, 0.56, 0.3]],
};
const LOUDNESS = 0.22;
const KEPT = "wall_sound";

export class Sound extends EventTarget {
  constructor() {
    super();
    this.on = localStorage.getItem(KEPT) !== "off";
    /** @type {AudioContext|null} */
    this.context = null;
    this.wake = () => void this.#wake();
    // A browser lets a page sound only after a person has touched it.
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, this.wake, { capture: true });
    this.#make();
  }

  #make() {
    const Context = globalThis.AudioContext;
    if (!Context) return;
    this.context = new Context();
    this.context.onstatechange = () => this.dispatchEvent(new Event("change"));
  }

  async #wake() {
    if (this.context && this.context.state !== "running") await this.context.resume().catch(() => {});
  }

  /** "on", "off" by choice, or "blocked" until somebody touches the page. */
  get state() {
    if (!this.on) return "off";
    return this.context?.state === "running" ? "on" : "blocked";
  }

  toggle() {
    this.on = !this.on;
    localStorage.setItem(KEPT, this.on ? "on" : "off");
    this.dispatchEvent(new Event("change"));
    if (this.on) this.play("4");
  }

  /** @param {string|number} call a key of CALLS */
  play(call) {
    const context = this.context;
    if (this.state !== "on" || !context) return;
    for (const [hertz, from, length] of CALLS[call] ?? CALLS[3]) this.#tone(context, hertz, context.currentTime + from, length);
  }

  /** @param {AudioContext} context @param {number} hertz @param {number} at @param {number} length */
  #tone(context, hertz, at, length) {
    const wave = context.createOscillator();
    const gain = context.createGain();
    wave.type = "triangle";
    wave.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.012);
    gain.gain.setValueAtTime(LOUDNESS, at + length * 0.6);
    gain.gain.exponentialRampToValueAtTime(0.0005, at + length);
    wave.connect(gain).connect(context.destination);
    wave.start(at);
    wave.stop(at + length + 0.02);
  }

  stop() {
    for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, this.wake, { capture: true });
    void this.context?.close();
  }
}
