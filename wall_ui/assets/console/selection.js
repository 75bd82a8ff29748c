// The one case that pin, row, sheet and address all show. `#case=<id>` opens it, on load and later.
//
// On a phone the sheet covers the list, so opening it is a step of the history: the telephone's own way back closes it.

const PHONE = "(max-width: 760px)";

export const caseInHash = (/** @type {string} */ hash) => /(?:^#|&)case=([\w-]+)/.exec(hash)?.[1] ?? null;

export class Selection extends EventTarget {
  constructor() {
    super();
    this.id = caseInHash(location.hash);
    /** Whether the list is one step back. */
    this.above = false;
    this.onHash = () => this.set(caseInHash(location.hash), "address");
    addEventListener("hashchange", this.onHash);
  }

  /** @param {string|null} id @param {"row"|"map"|"address"|"key"|"line"|"sheet"} by who selected: the map need not be told its own */
  set(id, by) {
    if (id === this.id) return;
    const opens = id !== null && this.id === null;
    this.id = id;
    if (by === "address") this.above = id !== null && (opens || this.above);
    else this.#write(opens);
    this.dispatchEvent(new CustomEvent("change", { detail: { id, by } }));
  }

  /** @param {boolean} opens */
  #write(opens) {
    const address = this.id ? `#case=${this.id}` : location.pathname + location.search;
    if (opens && matchMedia(PHONE).matches) {
      history.pushState(null, "", address);
      this.above = true;
    } else if (!this.id && this.above) {
      this.above = false;
      history.back();
    } else history.replaceState(null, "", address);
  }

  stop() {
    removeEventListener("hashchange", this.onHash);
  }
}
