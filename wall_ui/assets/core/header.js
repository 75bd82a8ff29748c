// Fills the header of any screen: `[data-header]` elements made by components/header.py.
import { civil } from "./civil.js";
import { duration } from "./clock.js";
import { write } from "./dom.js";

// As dispatch/api/looks.py has it.
const READ_AUDITS = new Set(["auditor", "admin"]);

/** @param {HTMLElement} root @param {import("./app.js").App} app @returns {() => void} stops it */
export function mountHeader(root, app) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement|null} */ (root.querySelector(`[data-header="${name}"]`));
  const { words, session } = app;

  function names() {
    const { areas } = app;
    const county = areas.name(session.county.code);
    write(part("title"), words.t("app.title", { county }));
    write(part("centre"), words.t("app.centre", { county }));
    const { actor } = session;
    write(part("desk"), areas.seat(actor));
    write(part("who"), app.latin.person(actor.name));
    part("demonstration")?.classList.toggle("hidden", !session.demonstration);
    part("audit")?.classList.toggle("hidden", !READ_AUDITS.has(actor.role) || root.dataset.page === "audit");
    part("admin")?.classList.toggle("hidden", actor.role !== "admin" || root.dataset.page === "admin");
    link();
    tick();
  }

  function link() {
    const state = app.socket.state === "connecting" ? "reconnecting" : app.socket.state;
    const shown = part("link");
    if (shown) shown.dataset.state = state;
    // How long nothing came is what a reader must know to judge the screen.
    const late_s = (Date.now() - app.socket.lost_ms) / 1000;
    write(shown, state === "stale" ? words.t("link.stale_for", { time: duration(late_s, words) }) : words.t(`link.${state}`));
    document.documentElement.dataset.link = state;
  }

  function tick() {
    if (app.socket.state === "stale") link();
    const { time, month, day, weekday } = civil(app.clock.now());
    write(part("time"), time);
    write(part("date"), `${words.t("date.month_day", { month, day })} ${words.t(`weekday.${weekday}`)}`);
  }

  const toggle = () => words.toggle();
  const leave = () => app.api.delete("/api/session").finally(() => location.assign("/login"));
  part("language")?.addEventListener("click", toggle);
  part("log-out")?.addEventListener("click", leave);
  words.addEventListener("change", names);
  app.socket.addEventListener("state", link);
  const timer = setInterval(tick, 250);
  names();
  return () => {
    clearInterval(timer);
    words.removeEventListener("change", names);
    app.socket.removeEventListener("state", link);
  };
}
