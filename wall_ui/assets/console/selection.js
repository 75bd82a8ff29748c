// The one case that pin, row, sheet and address all show. `#case=<id>` opens it, on load and later.

export const caseInHash = (/** @type {string} */ hash) => /(?:^#|&)case=([\w-]+)/.exec(hash)?.[1] ?? null;

export class Selection extends EventTarget {
  constructor() {
    super();
    this.id = caseInHash(location.hash);
    this.onHash = () => this.set(caseInHash(location.hash), "address");
    addEventListener("hashchange", this.onHash);
  }

  /** @param {string|null} id @param {"row"|"map"|"address"|"key"|"line"|"sheet"} by who selected: the map need not be told its own */
  set(id, by) {
    if (id === this.id) return;
    this.id = id;
    if (by !== "address") history.replaceState(null, "", id ? `#case=${id}` : location.pathname + location.search);
    this.dispatchEvent(new CustomEvent("change", { detail: { id, by } }));
  }

  stop() {
    removeEventListener("hashchange", this.onHash);
  }
}
