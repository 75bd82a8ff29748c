// A list of completions under (or over) an input: arrows move, Enter or a click takes, Escape closes.
import { el } from "../core/dom.js";

/** @typedef {import("./command.js").Item} Item */

const MORE_MS = 100;
const MOST = 14;

export class Completion {
  /**
   * @param {HTMLInputElement} input @param {(text: string) => Item[]} find @param {(item: Item) => void} take
   * @param {{open_empty?: boolean, more?: (text: string) => Promise<Item[]>}} [how] `open_empty` lists everything before anything is
   *   typed, `more` finds what only the server knows
   */
  constructor(input, find, take, { open_empty = false, more } = {}) {
    this.input = input;
    this.find = find;
    this.take = take;
    this.open_empty = open_empty;
    this.more = more;
    /** @type {Item[]} */
    this.items = [];
    this.at = 0;
    this.list = el("ul", { class: "completions hidden", role: "listbox" });
    const frame = el("div", { class: "completes" });
    input.replaceWith(frame);
    frame.append(input, this.list);
    input.addEventListener("input", () => this.refresh());
    input.addEventListener("focus", () => this.refresh());
    input.addEventListener("blur", () => setTimeout(() => this.hide(), 120));
    input.addEventListener("keydown", (event) => this.#key(event));
  }

  get isOpen() {
    return this.items.length > 0 && !this.list.classList.contains("hidden");
  }

  refresh() {
    const text = this.input.value;
    this.items = text || this.open_empty ? this.find(text) : [];
    this.at = 0;
    this.#draw();
    clearTimeout(this.timer);
    if (this.more && text) this.timer = setTimeout(() => void this.#append(text), MORE_MS);
  }

  /** Adds what the server knows, unless somebody has typed on meanwhile. @param {string} text */
  async #append(text) {
    const found = await /** @type {any} */ (this).more(text).catch(() => []);
    if (this.input.value !== text || document.activeElement !== this.input) return;
    const known = new Set(this.items.map((item) => item.id));
    const more = found.filter((/** @type {Item} */ item) => !known.has(item.id));
    if (!more.length) return;
    this.items = [...this.items, ...more].slice(0, MOST);
    this.#draw();
  }

  hide() {
    this.list.classList.add("hidden");
  }

  #draw() {
    this.list.classList.toggle("hidden", this.items.length === 0);
    this.list.replaceChildren(...this.items.map((item, i) => {
      const row = el("li", { role: "option", class: `completion ${item.kind}`, "aria-selected": String(i === this.at) }, el("b", {}, item.label), el("span", { class: "muted" }, item.hint));
      row.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.#choose(item);
      });
      return row;
    }));
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  /** @param {Item} item */
  #choose(item) {
    this.hide();
    this.take(item);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || !this.isOpen) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : this.items.length - 1)) % this.items.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.#choose(this.items[this.at]);
    else if (event.key === "Escape") this.hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
