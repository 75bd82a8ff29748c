// A sheet that comes up from the bottom: a title, fields, one thing to do. Closing it loses nothing but what is in it.
import { el, mark } from "../core/dom.js";

/**
 * @param {{title: string, close: string, act?: string, danger?: boolean, onAct?: () => boolean|void}} how `onAct` returns
 *   false to keep the sheet open
 * @param {...Node} content
 */
export function openSheet({ title, close, act, danger = false, onAct }, ...content) {
  const sheet = /** @type {HTMLDialogElement} */ (el("dialog", { class: "sheet" }));
  const shut = () => {
    sheet.close();
    sheet.remove();
  };
  const head = el("header", {}, el("b", {}, title), el("button", { type: "button", class: "shut", "aria-label": close, onclick: shut }, mark("cross")));
  const form = el("form", { method: "dialog" }, head, el("div", { class: "inside" }, ...content));
  if (act) form.append(el("footer", {}, el("button", { type: "submit", class: `do primary ${danger ? "danger" : ""}` }, act)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (onAct?.() !== false) shut();
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) shut();
  });
  sheet.addEventListener("close", () => sheet.remove());
  sheet.append(form);
  document.body.append(sheet);
  sheet.showModal();
  return { sheet, shut };
}

/** A text field with phrases that fill it at a touch. @param {{label: string, hint?: string, phrases: string[], wrong: string}} of */
export function phrased({ label, hint = "", phrases, wrong }) {
  const area = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "4", placeholder: hint, maxlength: "2000", "aria-label": label }));
  const error = el("p", { class: "wrong", role: "alert", hidden: true }, wrong);
  const chips = phrases.map((phrase) =>
    el("button", { type: "button", class: "chip", onclick: () => {
      area.value = area.value.trim() ? `${area.value.trim()} ${phrase}` : phrase;
      error.hidden = true;
    } }, phrase),
  );
  area.addEventListener("input", () => {
    error.hidden = true;
  });
  const node = el("div", { class: "ask" }, el("label", {}, label), el("div", { class: "chips" }, ...chips), area, error);
  /** The words, or null and the field says what is missing. */
  const read = () => {
    const text = area.value.trim();
    error.hidden = text !== "";
    if (!text) area.focus();
    return text || null;
  };
  return { node, read };
}
