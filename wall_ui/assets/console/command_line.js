// The command line on screen: completion while typing, Enter runs. What a command does is the page's business.
import { el } from "../core/dom.js";
import { unitName } from "../core/units.js";
import { ask, calledFind, said } from "../map/finder.js";
import { complete, lookedFor, parse, placeItems, VERBS } from "./command.js";
import { Completion } from "./completion.js";
import { caseInWords } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */
/** @typedef {{verb: string, rest: string}} Command */

export class CommandLine {
  /**
   * @param {App} app @param {HTMLElement} host
   * @param {{run: (command: Command) => boolean|void, pick: (item: import("./command.js").Item) => void}} then `run` says false to keep the line
   */
  constructor(app, host, then) {
    this.app = app;
    this.then = then;
    this.input = /** @type {HTMLInputElement} */ (el("input", { class: "input command-input", autocomplete: "off", spellcheck: "false", "data-w-placeholder": "command.how", "data-w-aria-label": "key.command" }));
    host.append(el("span", { class: "command-key" }, el("kbd", {}, "/")), this.input);
    this.completion = new Completion(this.input, (text) => complete(text, this.#known()), (item) => this.#take(item), { more: (text) => this.#places(text) });
    this.input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.defaultPrevented || event.key !== "Enter") return;
      event.preventDefault();
      this.#enter();
    });
  }

  /** Cameras, facilities, roads and whatever else the map knows, also by initials. @param {string} text */
  async #places(text) {
    const wanted = lookedFor(text);
    return wanted ? placeItems(await ask(this.app, wanted, 3), (find) => said(this.app, find), (find) => calledFind(this.app, find)) : [];
  }

  #known() {
    const { store, areas, t } = this.app;
    return { cases: [...store.cases.values()], units: [...store.units.values()], areas: areas.typed, t, say: (/** @type {any} */ unit) => unitName(this.app, unit), tell: (/** @type {any} */ record) => caseInWords(this.app, record) };
  }

  /** @param {string} [text] what stands there already */
  open(text = "/") {
    this.input.value = text;
    this.input.focus();
    this.completion.refresh();
  }

  leave() {
    this.input.value = "";
    this.completion.hide();
    this.input.blur();
  }

  /** @param {import("./command.js").Item} item */
  #take(item) {
    const { verb } = parse(this.input.value);
    if (verb === null || item.kind === "place") {
      this.leave();
      this.then.pick(item);
      return;
    }
    const typed = this.input.value.trim();
    if (item.kind === "verb" && typed === `/${item.id}`) {
      this.#start(item.id);
      return;
    }
    const takes = VERBS[verb]?.takes;
    if (item.kind === "verb") {
      if (VERBS[item.id].takes) this.#write(item.fill);
      else this.#start(item.id);
    } else if (takes === "area") this.#finish({ verb, rest: item.id });
    else if (takes === "unit") this.#write(item.fill, false);
    else this.#finish({ verb, rest: item.id });
  }

  /** A verb typed in full and Enter: run it as it is, or ask for what it needs. @param {string} letter */
  #start(letter) {
    this.#finish({ verb: letter, rest: "" });
  }

  /** @param {string} text @param {boolean} [more] list what could follow */
  #write(text, more = true) {
    this.input.value = text;
    if (more) this.completion.refresh();
  }

  #enter() {
    const command = parse(this.input.value);
    if (command.verb === null) {
      const [first] = this.completion.items.length ? this.completion.items : complete(this.input.value, this.#known());
      if (first) {
        this.leave();
        this.then.pick(first);
      } else if (/^\/[a-z]/i.test(this.input.value.trim())) this.#unknown(command.rest);
      else if (command.rest) this.#finish({ verb: "k", rest: command.rest }); // not among what is open: look among all
      return;
    }
    if (!VERBS[command.verb]) return this.#unknown(command.verb);
    this.#finish({ verb: command.verb, rest: command.rest });
  }

  /** @param {string} verb */
  #unknown(verb) {
    this.app.toast.show(this.app.t("command.unknown", { text: `/${verb}` }), "warn", this.app.t("command.see_help"));
  }

  /** Goes to the first thing that the server finds. @param {string} text */
  async look(text) {
    const [first] = placeItems(await ask(this.app, text, 1).catch(() => []), () => "");
    if (!first) return void this.app.toast.show(this.app.t("command.nothing", { text }), "warn");
    this.leave();
    this.then.pick(first);
  }

  /** @param {Command} command */
  #finish(command) {
    if (this.then.run(command) !== false) this.leave();
  }
}
