// The day in six numbers, each with what stands behind it.
import { el, mark, write } from "../core/dom.js";

/** @typedef {ReturnType<typeof import("./tally.js").counts>} Tally @typedef {import("../core/app.js").App} App */

const TILES = [
  { name: "received", when: "leader.today", icon: "take" },
  { name: "closed", when: "leader.today", icon: "check" },
  { name: "rate", when: "leader.today", icon: "layers" },
  { name: "open", when: "leader.now", icon: "case-service" },
  { name: "overdue", when: "leader.now", icon: "clock" },
  { name: "supervised", when: "leader.now", icon: "star" },
];

/** @param {HTMLElement} host @param {(tile: string) => void} pick */
export function buildCounts(host, pick) {
  host.replaceChildren(
    ...TILES.map(({ name, icon }) =>
      el("button", { type: "button", class: `tile at-${name}`, dataset: { tile: name }, onclick: () => pick(name) }, mark(icon), el("span", { class: "label" }), el("b", { class: "digits" }), el("small", {})),
    ),
  );
}

/** @param {HTMLElement} host @param {Tally} tally @param {{received: number, closed: number}} day of the last 24 h @param {App} app */
export function drawCounts(host, tally, day, app) {
  const { t } = app;
  /** @type {Record<string, [string|number, string]>} */
  const shown = {
    received: [tally.received, t("leader.yesterday", { n: day.received })],
    closed: [tally.closed, t("leader.yesterday", { n: day.closed })],
    rate: [tally.rate === null ? t("leader.none") : `${Math.round(tally.rate * 100)}%`, t("leader.of_received", { closed: tally.completed, received: tally.countable })],
    open: [tally.open, t("leader.soon", { n: tally.soon })],
    overdue: [tally.overdue, t("leader.soon", { n: tally.soon })],
    supervised: [tally.waiting, tally.late_answers ? t("leader.late_answers", { n: tally.late_answers }) : t("leader.answered", { n: tally.answered })],
  };
  shown.open[1] = "";
  for (const { name, when } of TILES) {
    const tile = /** @type {HTMLElement} */ (host.querySelector(`[data-tile="${name}"]`));
    const [value, behind] = shown[name];
    write(tile.querySelector(".label"), when === "leader.today" ? `${t(when)}${app.words.lang === "zh" ? "" : ": "}${t(`leader.${name}`)}` : t(`leader.${name}`));
    write(tile.querySelector("b"), value);
    write(tile.querySelector("small"), behind);
    tile.classList.toggle("alarming", (name === "overdue" && tally.overdue > 0) || (name === "supervised" && tally.late_answers > 0));
  }
}
