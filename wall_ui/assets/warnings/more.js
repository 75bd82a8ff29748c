// A list that the API tells page by page: a button at its end brings what comes after.
import { el } from "../core/dom.js";

/** @typedef {import("../core/app.js").App} App */

/**
 * Draws the first page by `draw`, and each that follows when the button is pressed; what failed may be pressed again.
 * @param {App} app @param {(cursor: string|null) => Promise<string|null>} draw adds one page and returns the cursor of the next
 * @returns {{button: HTMLButtonElement, begin: () => Promise<void>}} `begin` starts from the first page
 */
export function pageByPage(app, draw) {
  /** @type {string|null} */
  let cursor = null;
  let turn = 0;
  const button = /** @type {HTMLButtonElement} */ (el("button", { type: "button", class: "button more hidden", onclick: () => void next() }, app.t("app.more")));
  const next = async () => {
    const mine = (turn += 1);
    button.disabled = true;
    try {
      const following = await draw(cursor);
      // Somebody searched anew meanwhile: what follows this page follows nothing that is shown.
      if (mine !== turn) return;
      cursor = following;
      button.classList.toggle("hidden", cursor === null);
    } catch (error) {
      app.toast.fail(error);
    } finally {
      button.disabled = false;
    }
  };
  return { button, begin: () => ((cursor = null), next()) };
}

/** The query of one page. @param {string} path @param {Record<string, string>} asked @param {string|null} cursor */
export function pagePath(path, asked, cursor) {
  return `${path}?${new URLSearchParams({ ...asked, ...(cursor ? { cursor } : {}) })}`;
}
