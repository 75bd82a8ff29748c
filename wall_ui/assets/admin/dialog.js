// A question in a dialog: what is asked, one act, and what went wrong with it, said where it was done.
import { el, write } from "../core/dom.js";

/** @typedef {import("../core/app.js").App} App */
/**
 * @typedef {object} Question
 * @property {string} title
 * @property {(Node|string|null)[]} body
 * @property {string} act the word on its button
 * @property {boolean} [isGrave] what cannot be taken back
 * @property {() => string|Promise<string>} [check] what is missing, in words; "" if nothing is
 * @property {() => Promise<Node[]|void>} send resolves with what is to be shown once, or with nothing
 * @property {() => void} [done] after it was done and its answer was read
 */

/** @param {App} app @param {Question} question */
export function ask(app, { title, body, act, isGrave = false, check = () => "", send, done = () => {} }) {
  const { t, words } = app;
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "dialog admin-dialog", "aria-label": title }));
  const wrong = el("p", { class: "wrong", role: "alert" });
  const button = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: `button ${isGrave ? "danger" : "primary"}` }, act));
  const inside = el("div", { class: "dialog-body" }, ...body);
  const form = el("form", { novalidate: true }, el("div", { class: "dialog-head" }, title), inside,
    el("div", { class: "dialog-foot" }, wrong, el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("app.cancel")), button));
  let isDone = false;
  form.addEventListener("input", () => write(wrong, ""));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    let isSent = false;
    button.disabled = true;
    write(wrong, "");
    try {
      const missing = await check();
      if (missing) {
        button.disabled = false;
        return write(wrong, missing);
      }
      isSent = true;
      const shown = await send();
      isDone = true;
      if (!shown) return dialog.close();
      const close = el("button", { type: "button", class: "button primary", onclick: () => dialog.close() }, t("admin.noted"));
      form.replaceChildren(el("div", { class: "dialog-head" }, title), el("div", { class: "dialog-body" }, ...shown), el("div", { class: "dialog-foot" }, close));
      // Not the button: a second Enter would put away what is shown this once.
      /** @type {HTMLElement|null} */ (form.querySelector("input"))?.focus();
    } catch (error) {
      const lost = isSent && /** @type {any} */ (error).status === 0;
      const said = /** @type {any} */ (error).say?.(words) ?? String(error);
      write(wrong, lost ? t("admin.perhaps_done", { said }) : said);
      button.disabled = false;
    }
  });
  dialog.addEventListener("cancel", (event) => isDone && event.preventDefault());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (isDone) done();
  });
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement|null} */ (inside.querySelector("input, select"))?.focus();
  if (!inside.contains(document.activeElement)) /** @type {HTMLElement} */ (form.querySelector(".dialog-foot .button")).focus();
}

/** A labelled input. @param {string} label @param {HTMLElement} input @param {string|HTMLElement|null} [hint] */
export function field(label, input, hint = null) {
  return el("label", { class: "field" }, el("span", {}, label), input, hint ? el("small", { class: "muted" }, hint) : null);
}

/** What a form says beside its inputs, and nobody can change. @param {string} label @param {string} said */
export function settled(label, said) {
  return el("div", { class: "field" }, el("span", {}, label), el("p", { class: "own" }, said));
}

/** Something that is shown this once, with a button that copies it. @param {App} app @param {string} label @param {string} value */
export function secret(app, label, value) {
  const shown = /** @type {HTMLInputElement} */ (el("input", { class: "input digits", readonly: true, value, spellcheck: "false", onfocus: () => shown.select() }));
  return el("div", { class: "field secret" }, el("span", {}, label), el("div", { class: "beside" }, shown, copier(app, () => shown)));
}

/** A button that copies what an input holds. @param {App} app @param {() => HTMLInputElement} input */
export function copier(app, input) {
  const button = el("button", { type: "button", class: "button", onclick: async () => {
    write(button, app.t((await copied(input())) ? "admin.copied" : "admin.copy_by_hand"));
  } }, app.t("admin.copy"));
  return button;
}

/** @param {HTMLInputElement} input @returns {Promise<boolean>} */
async function copied(input) {
  input.select();
  try {
    // The clipboard of today is only there over TLS; the old way is there in any case.
    if (navigator.clipboard) await navigator.clipboard.writeText(input.value);
    else return document.execCommand("copy");
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
