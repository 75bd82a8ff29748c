// The telephone directory, and the help with all keys: dialogs that open with one key and close with Escape.
import { el, mark } from "../core/dom.js";
import { MAP_KEYS } from "../map/tools.js";
import { DESK_KEYS } from "./keys.js";
import { VERBS } from "./command.js";
import { KEY_OF_MOVE } from "./moves.js";
import { telLink } from "./tell.js";

/** @typedef {import("../core/app.js").App} App */

/** A dialog of ours. @param {string} title @param {Node[]} inside @param {string} css */
export function dialogOf(title, inside, css) {
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: `dialog ${css}` }));
  dialog.append(el("div", { class: "dialog-head" }, el("span", {}, title), el("span", { class: "spring" }), el("button", { class: "button quiet small", onclick: () => dialog.close() }, mark("cross"))), ...inside);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  // What was typed to get here is done: after the dialog the keys are commands again, not letters in that line.
  if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  dialog.showModal();
  return dialog;
}

/** In English by place or by what it is there for, as on every other screen. @param {App} app @param {any} desk */
function called(app, desk) {
  return app.words.lang === "en" ? app.areas.name(desk.id) : desk.name;
}

/** @param {App} app @param {any} desk */
function deskRow(app, desk) {
  const call = (/** @type {string|null} */ number) => (number ? el("a", { class: "button small tel", href: telLink(number) }, mark("phone"), number) : el("span", { class: "muted" }, "—"));
  return el("div", { class: "row phone-row" }, el("div", { class: "grow" }, el("b", {}, called(app, desk)), app.words.lang === "en" ? el("span", { class: "muted beside" }, desk.name) : null), call(desk.telephone), el("span", { class: "who muted" }, app.latin.person(desk.leader_name) ?? ""), call(desk.leader_telephone));
}

/** Opens the directory, its field ready to be typed in. @param {App} app @param {string} [query] */
export async function openDirectory(app, query = "") {
  const { t } = app;
  let answer;
  try {
    answer = await app.api.get("/api/directory");
  } catch (error) {
    app.toast.fail(error);
    return;
  }
  const input = /** @type {HTMLInputElement} */ (el("input", { class: "input", placeholder: t("directory.find"), autocomplete: "off" }));
  const rows = el("div", { class: "phone-rows" });
  const draw = () => {
    const wanted = input.value.trim().toLowerCase();
    const found = answer.desks.filter((/** @type {any} */ desk) => !wanted || [desk.name, called(app, desk), desk.leader_name, app.latin.person(desk.leader_name), desk.telephone, desk.leader_telephone].some((one) => String(one ?? "").toLowerCase().includes(wanted)));
    rows.replaceChildren(...found.map((/** @type {any} */ desk) => deskRow(app, desk)));
    if (!found.length) rows.append(el("p", { class: "muted" }, t("directory.none")));
  };
  input.addEventListener("input", draw);
  input.value = query;
  const duty = answer.on_duty;
  const dutyDesk = duty && answer.desks.find((/** @type {any} */ desk) => desk.name === duty.title);
  const top = duty ? el("div", { class: "duty" }, mark("star"), el("b", {}, app.latin.person(duty.name)), el("span", { class: "muted" }, dutyDesk ? called(app, dutyDesk) : (duty.title ?? "")), el("span", { class: "spring" }), duty.telephone ? el("a", { class: "button primary", href: telLink(duty.telephone) }, mark("phone"), duty.telephone) : null) : null;
  draw();
  dialogOf(t("directory.title"), [el("div", { class: "dialog-body" }, ...(top ? [top] : []), input, rows)], "directory");
  input.focus();
}

/** @param {App} app */
export function openHelp(app) {
  const { t } = app;
  const line = (/** @type {string[]} */ keys, /** @type {string} */ text) => el("div", { class: "key-row" }, el("span", { class: "keys" }, ...keys.map((key) => el("kbd", {}, nameOf(key)))), el("span", {}, text));
  const moves = Object.entries(KEY_OF_MOVE).map(([move, key]) => line([key.toUpperCase()], t(`move.${move}`)));
  const verbs = Object.entries(VERBS).map(([letter, verb]) => line([`/${letter}`], t(`command.${verb.name}`)));
  const columns = [
    el("section", {}, el("h3", {}, t("help.desk")), ...DESK_KEYS.map(([keys, , word]) => line(keys.map((key) => (key.length === 1 ? key.toUpperCase() : key)), t(word))),
      el("h3", {}, t("map.help")), ...MAP_KEYS.map(([key, , word]) => line([key], t(word)))),
    el("section", {}, el("h3", {}, t("help.case")), ...moves),
    el("section", {}, el("h3", {}, t("help.line")), ...verbs, el("p", { class: "muted" }, t("help.line_how"))),
  ];
  dialogOf(t("help.title"), [el("div", { class: "dialog-body help-columns" }, ...columns)], "help");
}

/** @param {string} key */
function nameOf(key) {
  return /** @type {Record<string, string>} */ ({ ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" })[key] ?? key;
}
