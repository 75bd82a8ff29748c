// What a leader looks back on: who was called to account and what was found, and how content those were who reported.
import { el } from "../core/dom.js";
import { when } from "../console/sheet_story.js";
import { deskName } from "../console/tell.js";
import { pageByPage, pagePath } from "./more.js";

/** @typedef {import("../core/app.js").App} App */

const PAGE = "50";

/** Draws a table, or a sentence where there is nothing. @param {HTMLElement} host @param {App} app @param {string[]} heads @param {(HTMLElement)[]} rows @param {string} none */
function table(host, app, heads, rows, none) {
  if (!rows.length) return host.replaceChildren(el("p", { class: "muted none-here" }, app.t(none)));
  const head = el("tr", {}, ...heads.map((key) => el("th", { scope: "col" }, app.t(key))));
  host.replaceChildren(el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
}

/** @param {App} app @param {(id: string) => void} openCase @returns {import("./panel.js").Part} */
export function accountsPart(app, openCase) {
  return {
    name: "accounts",
    word: "warn.accounts",
    draw: async (host) => {
      const row = (/** @type {any} */ one) => el("tr", {},
        el("td", {}, deskName(app, one.desk)),
        el("td", {}, el("button", { type: "button", class: "button small quiet", onclick: () => openCase(one.case_id) }, `${app.t(`category.${one.category}`)} ${one.number}`)),
        el("td", { class: "digits" }, when(app, one.opened_at)),
        el("td", { class: one.finding ? "" : "is-amber" }, one.finding ? `${app.t(`finding.${one.finding}`)} ${when(app, one.settled_at)}` : app.t("account.open")));
      const { button, begin } = pageByPage(app, async (cursor) => {
        const answer = await app.api.get(pagePath("/api/accounts", { limit: PAGE }, cursor));
        if (cursor) host.querySelector("tbody")?.append(...answer.accounts.map(row));
        else table(host, app, ["account.desk", "account.case", "account.opened", "account.finding"], answer.accounts.map(row), "account.none");
        host.append(button);
        return answer.next;
      });
      await begin();
    },
  };
}

/** @param {App} app @returns {import("./panel.js").Part} */
export function ratingsPart(app) {
  return {
    name: "ratings",
    word: "warn.ratings",
    draw: async (host) => {
      try {
        const answer = await app.api.get("/api/figures/ratings?hours=720");
        const row = (/** @type {string} */ name, /** @type {any} */ one) => el("tr", {}, el("td", {}, name), el("td", { class: "digits" }, one.mean === null ? "–" : one.mean.toFixed(2)), el("td", { class: "digits" }, one.n), el("td", { class: `digits ${one.low ? "is-red" : ""}` }, one.low));
        const rows = answer.rows.map((/** @type {any} */ one) => row(app.areas.name(one.key), one));
        if (rows.length) rows.push(row(app.t("leader.whole"), answer.total));
        table(host, app, ["rating.desk", "rating.mean", "rating.n", "rating.low"], rows, "rating.none");
      } catch (error) {
        app.toast.fail(error);
      }
    },
  };
}
