// Fills the header of any screen: `[data-header]` elements made by components/header.py.
import { duration } from "./clock.js";
import { write } from "./dom.js";

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
// The county's civil time, wherever the screen's own zone is: all of China runs on it.
const ZONE = "Asia/Shanghai";

/** Hours, minutes, seconds, month, day and weekday (0 Sunday) of a moment in the county's time. @param {number} ms */
export function civil(ms) {
  // China has had no summer time since 1991, so a fixed shift is exact.
  const date = new Date(ms + 8 * 3_600_000);
  return {
    zone: ZONE,
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`,
  };
}

/** A moment as HH:MM in the county's time. @param {string|number} at */
export function hourMinute(at) {
  return civil(typeof at === "number" ? at : Date.parse(at)).time.slice(0, 5);
}

/** @param {ParentNode} root @param {import("./app.js").App} app @returns {() => void} stops it */
export function mountHeader(root, app) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement|null} */ (root.querySelector(`[data-header="${name}"]`));
  const { words, session } = app;

  function names() {
    const county = session.county.name;
    write(part("title"), words.t("app.title", { county }));
    write(part("centre"), words.t("app.centre", { county }));
    const { actor } = session;
    write(part("who"), `${actor.desk_name || actor.area_name} · ${actor.name}`);
    part("demonstration")?.classList.toggle("hidden", !session.demonstration);
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
