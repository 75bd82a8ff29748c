// The form of one move, inline in the sheet: built from the fields that the server names, with phrases for the usual reasons.
import { el, mark } from "../core/dom.js";
import { nameOfUnit } from "../core/units.js";
import { OPEN } from "../core/store.js";
import { GRAVE, WORKING } from "./moves.js";

/** @typedef {import("../core/app.js").App} App @typedef {{name: string, type?: string, kind?: string, required: boolean, asked?: boolean, required_unless?: string|null, choices?: any[]|null}} Field */
/** @typedef {{element: HTMLElement, value: () => any, focus?: () => void, set?: (value: any) => void}} Input one field on screen; a value of undefined says nothing was given */
/** @typedef {{desks: any[], beside: (desk: string) => {id: string, name: string}[], askPlace: null|(() => Promise<{lon: number, lat: number}|null>)}} Sources where choices come from */

const PHRASES_AT_MOST = 6;
const CASES_AT_MOST = 60;

/** @param {App} app @param {string} label @param {boolean} required @param {...any} inside */
function framed(app, label, required, ...inside) {
  return el("div", { class: "field" }, el("span", {}, label, required ? null : el("i", { class: "muted" }, ` ${app.t("form.optional")}`)), ...inside);
}

/** Phrases that are written with one click. @param {App} app @param {string} move @param {string} field @param {(text: string) => void} put */
function phrases(app, move, field, put) {
  const chips = [];
  for (let i = 1; i <= PHRASES_AT_MOST; i += 1) {
    const key = `phrase.${move}.${field}.${i}`;
    if (app.words.has(key)) chips.push(el("button", { type: "button", class: "chip", onclick: () => put(app.t(key)) }, app.t(key)));
  }
  return chips.length ? el("div", { class: "chips" }, ...chips) : null;
}

/** @param {App} app @param {string} move @param {Field} field @returns {Input} */
function textInput(app, move, field) {
  const area = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: 2, maxlength: 2000, name: field.name, "aria-label": app.t(`input.${field.name}`) }));
  const put = (/** @type {string} */ text) => {
    area.value = area.value.trim() ? `${area.value.trim()} ${text}` : text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  };
  return {
    element: framed(app, `${app.t(`input.${field.name}`)}${field.required_unless ? app.t(`form.unless.${field.required_unless}`) : ""}`, field.required || Boolean(field.required_unless), area, phrases(app, move, field.name, put)),
    value: () => area.value.trim() || undefined,
    focus: () => area.focus(),
    set: (value) => { area.value = value ?? ""; },
  };
}

/** One of a few, as buttons side by side. @param {App} app @param {string} label @param {boolean} required @param {{value: any, label: string, css?: string}[]} options @param {any} [chosen] @returns {Input} */
function segmented(app, label, required, options, chosen) {
  let value = chosen;
  const buttons = options.map((option) => el("button", { type: "button", class: `button ${option.css ?? ""}`, onclick: () => choose(!required && option.value === value ? undefined : option.value) }, option.label));
  const choose = (/** @type {any} */ next) => {
    value = next;
    buttons.forEach((button, i) => {
      button.classList.toggle("on", options[i].value === value);
      button.setAttribute("aria-pressed", String(options[i].value === value));
    });
  };
  choose(value);
  return { element: framed(app, label, required, el("div", { class: "segments" }, ...buttons)), value: () => value, focus: () => buttons[0]?.focus(), set: choose };
}

/** @param {App} app @param {string} label @param {boolean} required @param {[string, {value: any, label: string}[]][]} groups @param {any} chosen @returns {Input} */
function picker(app, label, required, groups, chosen) {
  const select = /** @type {HTMLSelectElement} */ (el("select", { "aria-label": label }));
  if (!chosen) select.append(el("option", { value: "" }, app.t("form.choose")));
  for (const [group, options] of groups) {
    const rows = options.map((one) => el("option", { value: one.value }, one.label));
    if (rows.length) select.append(...(group ? [el("optgroup", { label: group }, ...rows)] : rows));
  }
  if (chosen) select.value = chosen;
  return { element: framed(app, label, required, select), value: () => select.value || undefined, focus: () => select.focus(), set: (value) => { select.value = value; } };
}

/** The area above a desk: where its sisters are. @param {string} desk */
const parentOf = (desk) => (desk.includes("/") ? desk.split("/")[0] : desk.slice(0, -3));

/** Whether a move may name this desk: sisters for a transfer, any for a decision or for help, else those below. @param {string} move @param {string} mine @param {string} id */
function mayName(move, mine, id) {
  if (move === "decide") return true;
  if (id === mine) return false;
  if (move === "ask_help") return true;
  if (move === "transfer") return id.includes("/") === mine.includes("/") && id.length > 6 && parentOf(id) === parentOf(mine);
  return id.includes("/") ? id.split("/")[0] === mine : id.startsWith(mine) && !mine.includes("/");
}

/** Desks that a move can name: the likely ones as chips, all others in a list. @param {App} app @param {string} move @param {Field} field @param {any} record @param {Sources} sources @returns {Input} */
function deskInput(app, move, field, record, sources) {
  const mine = record.holder;
  const known = new Map([...sources.beside(mine), ...sources.desks].map((desk) => [desk.id, desk]));
  const below = [...known.values()].filter((desk) => mayName(move, mine, desk.id));
  const group = (/** @type {(id: string) => boolean} */ test) => below.filter((desk) => test(desk.id)).map((desk) => ({ value: desk.id, label: desk.name }));
  const near = [...new Set([record.area_code.slice(0, 9), record.area_code.slice(0, 12)])].filter((code) => below.some((desk) => desk.id === code));
  const input = picker(app, app.t(`input.${field.name}`), field.required, [
    [app.t("area.township"), group((id) => id.length === 9 && !id.includes("/"))],
    [app.t("role.department"), group((id) => id.includes("/"))],
    [app.t("area.village"), group((id) => id.length === 12 && !id.includes("/"))],
  ], move === "hand_down" ? near[0] : undefined);
  if (near.length) input.element.append(el("div", { class: "chips" }, ...near.map((code) => el("button", { type: "button", class: "chip", onclick: () => input.set?.(code) }, app.areas.name(code)))));
  return input;
}

/** @param {App} app @param {Field} field @param {any} record @returns {Input} */
function workingUnits(app, field, record) {
  const at_work = record.assignments.filter((/** @type {any} */ one) => WORKING.has(one.state));
  /** @type {{id: string, box: HTMLInputElement, one: any}[]} */
  const boxes = at_work.map((/** @type {any} */ one) => ({ id: one.unit, box: /** @type {HTMLInputElement} */ (el("input", { type: "checkbox", checked: at_work.length === 1 })), one }));
  const rows = boxes.map(({ box, one }) => el("label", { class: "check" }, box, `${nameOfUnit(app, one.unit, one.unit_name)} · ${app.t(`assignment.${one.state}`)}`));
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ id }) => id);
  return { element: framed(app, app.t(`input.${field.name}`), field.required, ...rows), value: () => (chosen().length ? chosen() : undefined) };
}

/** @param {App} app @param {any} record @param {Sources} sources @returns {Input} */
function placeInput(app, record, sources) {
  /** @type {{lon: number, lat: number}|undefined} */
  let place;
  const said = el("span", { class: "muted" }, app.t("form.place_same"));
  const button = el("button", { type: "button", class: "button" }, mark("frame"), app.t("form.place_pick"));
  button.addEventListener("click", async () => {
    said.textContent = app.t("form.place_wait");
    const picked = await sources.askPlace?.();
    place = picked ?? place;
    said.textContent = place ? `${place.lon.toFixed(5)}, ${place.lat.toFixed(5)}` : app.t("form.place_same");
  });
  return { element: framed(app, app.t("input.place"), false, el("div", { class: "place-pick" }, button, said)), value: () => place };
}

const DAY_MS = 86_400_000;

/** A moment to come, in the time of this screen; three days from now unless told. @param {App} app @param {Field} field @returns {Input} */
function momentInput(app, field) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "datetime-local", name: field.name, "aria-label": app.t(`input.${field.name}`) }));
  const now = new Date(app.clock.now() + 3 * DAY_MS);
  input.value = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  return { element: framed(app, app.t(`input.${field.name}`), field.required, input), value: () => (input.value ? new Date(input.value).toISOString() : undefined), focus: () => input.focus() };
}

/** Finished parts of the way from desk to desk: those not called to account yet, or those not settled. @param {App} app @param {string} move @param {Field} field @param {any} record @returns {Input} */
function hopInput(app, move, field, record) {
  const named = (/** @type {string} */ desk) => (desk.includes("/") ? desk : app.areas.name(desk));
  const accounts = new Map((record.accounts ?? []).map((/** @type {any} */ one) => [one.hop, one]));
  const fits = (/** @type {any} */ hop, /** @type {number} */ i) => hop.to_at && (move === "settle_account" ? accounts.has(i) && !accounts.get(i).settled_at : !accounts.has(i));
  const options = record.custody.flatMap((/** @type {any} */ hop, /** @type {number} */ i) => (fits(hop, i) ? [{ value: i, label: `${i + 1}. ${named(hop.desk)}` }] : []));
  return segmented(app, app.t(`input.${field.name}`), field.required, options, options[0]?.value);
}

/** Open cases, those nearest by area first. @param {App} app @param {Field} field @param {any} record @returns {Input} */
function caseInput(app, field, record) {
  const shared = (/** @type {any} */ one) => [15, 12, 9, 6].find((length) => one.area_code.slice(0, length) === record.area_code.slice(0, length)) ?? 0;
  const open = [...app.store.cases.values()].filter((one) => OPEN.has(one.status) && one.id !== record.id);
  open.sort((a, b) => shared(b) - shared(a) || (a.reported_at < b.reported_at ? 1 : -1));
  const options = open.slice(0, CASES_AT_MOST).map((one) => ({ value: one.id, label: `${one.number} ${app.t(`category.${one.category}`)} ${app.areas.name(one.area_code.slice(0, 12))}` }));
  return picker(app, app.t(`input.${field.name}`), field.required, [[app.t("case.case"), options]], undefined);
}

/** @param {App} app @param {Field} field @returns {Input} */
function numberInput(app, field) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "number", min: 1, step: 1, name: field.name, "aria-label": app.t(`input.${field.name}`) }));
  const chips = [8, 24, 72].map((n) => el("button", { type: "button", class: "chip", onclick: () => { input.value = String(n); } }, app.t("form.hours", { n })));
  return { element: framed(app, app.t(`input.${field.name}`), field.required, input, el("div", { class: "chips" }, ...chips)), value: () => (input.value ? Number(input.value) : undefined), focus: () => input.focus() };
}

/** @param {App} app @param {any} record @returns {Input} */
export function categoryPicker(app, record) {
  /** @type {Map<string, {value: string, label: string}[]>} */
  const groups = new Map();
  for (const [category, group] of Object.entries(app.words.groups)) {
    const title = app.t(`group.${group}`);
    groups.set(title, [...(groups.get(title) ?? []), { value: category, label: app.t(`category.${category}`) }]);
  }
  return picker(app, app.t("input.category"), false, [...groups], record?.category);
}

/** @param {App} app @param {any} [chosen] @returns {Input} */
export function priorityInput(app, chosen) {
  return segmented(app, app.t("input.priority"), false, [1, 2, 3, 4].map((n) => ({ value: n, label: app.t(`priority.${n}`), css: `priority-${n}` })), chosen);
}

/** @param {App} app @param {string} move @param {Field} field @param {any} record @param {Sources} sources @returns {Input|null} */
function inputFor(app, move, field, record, sources) {
  const type = field.type ?? field.kind;
  if (field.name === "passed") {
    return segmented(app, app.t("input.passed"), true, [{ value: true, label: app.t("verdict.passed"), css: "good" }, { value: false, label: app.t("verdict.failed"), css: "danger" }]);
  }
  if (field.name === "units") return workingUnits(app, field, record);
  if (field.name === "to") return move === "escalate" ? null : deskInput(app, move, field, record, sources);
  if (field.name === "category") return categoryPicker(app, record);
  if (field.name === "priority") return priorityInput(app, record.priority);
  if (field.name === "case_class") {
    return segmented(app, app.t("input.case_class"), false, ["emergency", "simple", "general", "complex"].map((name) => ({ value: name, label: app.t(`class.${name}`) })), record.case_class);
  }
  if (field.name === "lon") return sources.askPlace ? placeInput(app, record, sources) : null;
  if (field.name === "lat" || field.name === "area_code" || type === "unit") return null;
  if (type === "moment") return momentInput(app, field);
  if (type === "hours") return numberInput(app, field);
  if (type === "case") return caseInput(app, field, record);
  if (type === "hop") return hopInput(app, move, field, record);
  if (field.choices) {
    const topic = type === "target" ? "clock" : type;
    const choices = type === "target" ? running(record, field.choices) : field.choices;
    const options = choices.map((value) => ({ value, label: app.t(`${topic}.${value}`) }));
    return options.length <= 4 ? segmented(app, app.t(`input.${field.name}`), field.required, options) : picker(app, app.t(`input.${field.name}`), field.required, [["", options]], undefined);
  }
  return textInput(app, move, field);
}

/** Of all clocks there are, those of this case that still run. @param {any} record @param {string[]} targets */
function running(record, targets) {
  const own = new Set(record.clocks.filter((/** @type {any} */ clock) => !clock.stopped_at).map((/** @type {any} */ clock) => clock.target));
  return targets.filter((target) => own.has(target));
}

/** Takes out of an edit what is as it was. @param {any} values @param {any} record */
function onlyChanged(values, record) {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => name === "reason" || record[name] !== value));
}

export class MoveForm {
  /**
   * @param {App} app @param {import("./moves.js").MoveView} view @param {any} record @param {Sources} sources
   * @param {{send: (fields: any) => void, close: () => void}} then
   */
  constructor(app, view, record, sources, then) {
    this.app = app;
    this.move = view.move;
    this.record = record;
    // What the server asks for without insisting, a form insists on.
    this.fields = view.fields.map((field) => ({ ...field, required: field.required || Boolean(field.asked) }));
    /** @type {Map<string, Input>} */
    this.inputs = new Map();
    for (const field of this.fields) {
      const input = inputFor(app, view.move, field, record, sources);
      if (input) this.inputs.set(field.name, input);
    }
    if (view.move === "edit") this.#usualOfCategory();
    this.wrong = el("div", { class: "wrong", role: "alert" });
    const grave = GRAVE.has(view.move);
    this.button = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: `button primary ${grave ? "grave" : ""}` }, app.t(`move.${view.move}`), el("kbd", {}, "Enter")));
    const cancel = el("button", { type: "button", class: "button quiet", onclick: then.close }, app.t("app.cancel"), el("kbd", {}, "Esc"));
    this.element = el("form", { class: "move-form", novalidate: true }, el("h3", {}, app.t(`move.${view.move}`)), ...[...this.inputs.values()].map((input) => input.element), this.wrong, el("div", { class: "form-foot" }, el("span", { class: "muted hint" }, app.t("form.enter_sends")), cancel, this.button));
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = this.values();
      if (values) then.send(values);
    });
    this.element.addEventListener("keydown", (event) => {
      // Enter sends, except within an input method's composition; Shift+Enter is a new line.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      if (/** @type {HTMLElement} */ (event.target).tagName === "BUTTON" && event.target !== this.button) return;
      event.preventDefault();
      /** @type {HTMLFormElement} */ (this.element).requestSubmit();
    });
  }

  /** Another matter brings its usual class and priority, to be seen and changed before they are sent: no fire stays a simple case. */
  #usualOfCategory() {
    const category = this.inputs.get("category");
    category?.element.addEventListener("change", () => {
      const [case_class, priority] = this.app.words.usual[category.value()] ?? [];
      this.inputs.get("case_class")?.set?.(case_class);
      this.inputs.get("priority")?.set?.(priority);
    });
  }

  /** The fields as the API wants them, or null after saying what is missing. */
  values() {
    /** @type {any} */
    let values = {};
    for (const [name, input] of this.inputs) {
      const value = input.value();
      const field = this.fields.find((one) => one.name === name);
      const required = field?.required || (field?.required_unless && this.inputs.get(field.required_unless)?.value() === false);
      input.element.classList.toggle("invalid", Boolean(required) && value === undefined);
      if (name === "lon" && value) values = { ...values, ...value };
      else if (value !== undefined) values[name] = value;
    }
    const missing = [...this.inputs].filter(([, input]) => input.element.classList.contains("invalid"));
    if (this.move === "edit") values = onlyChanged(values, this.record);
    this.wrong.textContent = missing.length ? this.app.t("form.missing", { fields: missing.map(([name]) => this.app.t(`input.${name}`)).join(this.app.t("list.comma")) }) : "";
    missing[0]?.[1].focus?.();
    return missing.length ? null : values;
  }

  /** What was typed, to be put back later. */
  draft() {
    return Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value()]));
  }

  /** @param {any} draft */
  restore(draft) {
    for (const [name, value] of Object.entries(draft ?? {})) if (value !== undefined) this.inputs.get(name)?.set?.(value);
  }

  focus() {
    ([...this.inputs.values()].find((input) => input.focus) ?? { focus: () => this.button.focus() }).focus?.();
  }

  /** @param {boolean} busy */
  wait(busy) {
    this.button.disabled = busy;
  }
}
