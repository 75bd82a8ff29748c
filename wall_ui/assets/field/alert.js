// Tells of a new task: two rising tones and a vibration, where the person has allowed them.

export class Alert {
  /** @param {() => boolean} isOn */
  constructor(isOn) {
    this.isOn = isOn;
    /** @type {AudioContext|null} */
    this.audio = null;
    // A browser lets a page make sound only after a touch.
    addEventListener("pointerdown", () => this.#wake(), { once: true });
  }

  #wake() {
    const Context = globalThis.AudioContext;
    if (Context) this.audio ??= new Context();
  }

  ring() {
    if (!this.isOn()) return;
    navigator.vibrate?.([250, 120, 250, 120, 400]);
    const audio = this.audio;
    if (!audio) return;
    void audio.resume();
    [660, 880, 660, 880].forEach((hertz, i) => this.#tone(audio, hertz, audio.currentTime + i * 0.22));
  }

  /** @param {AudioContext} audio @param {number} hertz @param {number} at_s */
  #tone(audio, hertz, at_s) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, at_s);
    volume.gain.exponentialRampToValueAtTime(0.35, at_s + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at_s + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(at_s);
    tone.stop(at_s + 0.22);
  }
}
