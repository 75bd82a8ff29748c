// Short messages in the corner, read out by screen readers; a bad one stays longer.
import { el } from "./dom.js";

const SHOWN_MS = { good: 3500, note: 4500, warn: 6000, bad: 8000 };

export class Toasts {
  /** @param {import("./words.js").Words} words */
  constructor(words) {
    this.words = words;
  }

  /** @param {string} text @param {"good"|"note"|"warn"|"bad"} [kind] @param {string} [why] */
  show(text, kind = "note", why = "") {
    let corner = document.querySelector(".toasts");
    if (!corner) {
      corner = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
      document.body.append(corner);
    }
    const toast = el("div", { class: `toast ${kind}` }, el("div", {}, el("div", { class: "what" }, text), why ? el("div", { class: "muted" }, why) : null));
    corner.append(toast);
    setTimeout(() => toast.remove(), SHOWN_MS[kind]);
    return toast;
  }

  /** Tells a failure in the reader's language. @param {any} error */
  fail(error) {
    console.warn(error);
    this.show(error.say ? error.say(this.words) : String(error.message ?? error), "bad");
  }
}
