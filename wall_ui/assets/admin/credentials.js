// What else lets in: tokens of programs, wall screens, and the sessions that are open now.
import { el } from "../core/dom.js";
import { ask, field, secret } from "./dialog.js";
import { draftOf, dropDraft, keepDraft } from "./draft.js";
import { SeatForm } from "./seat_form.js";
import { placeOf } from "./said.js";

/** @typedef {import("./main.js").Admin} Admin */

const DAYS = [30, 90, 365];

/** Good until when, or since when no more. @param {Admin} admin @param {any} one */
function validity(admin, one) {
  const { t, clock } = admin.app;
  if (one.revoked_at) return el("span", { class: "muted" }, t("admin.revoked_at", { at: admin.when(one.revoked_at) }));
  if (!one.expires_at) return el("span", {}, t("admin.without_end"));
  const isOver = Date.parse(one.expires_at) <= clock.now();
  return el("span", { class: isOver ? "muted" : "" }, t(isOver ? "admin.over_at" : "admin.good_until", { at: admin.when(one.expires_at) }));
}

/** @type {import("./main.js").List} */
export const tokens = {
  heads: ["admin.token_name", "admin.may", "admin.where", "admin.made_at", "admin.validity"],
  make: { word: "admin.new_token", open: makeToken },
  cells: (admin, one) => [
    el("td", { class: "who" }, el("b", {}, one.name)),
    el("td", { class: "may-cell" }, el("span", {}, admin.app.t(`role.${one.role}`)), el("small", { class: "muted" }, admin.app.t(`admin.may.${one.role}`))),
    el("td", { class: "where" }, placeOf(admin.app, one)),
    el("td", { class: "digits at" }, admin.when(one.created_at)),
    el("td", {}, validity(admin, one)),
  ],
  acts: (admin, one) => (isOver(admin, one) ? [] : [{ word: "admin.revoke", isGrave: true, open: () => revoke(admin, "tokens", one) }]),
};

/** @type {import("./main.js").List} */
export const kiosks = {
  heads: ["admin.screen_name", "admin.where", "admin.made_at", "admin.showing"],
  make: { word: "admin.new_screen", open: makeScreen },
  cells: (admin, one) => {
    const { t } = admin.app;
    const showing = one.showing ? t("admin.shows_now", { n: one.showing, at: admin.when(one.last_seen_at) }) : t("admin.shows_not");
    return [
      el("td", { class: "who" }, el("b", {}, one.name)),
      el("td", { class: "where" }, placeOf(admin.app, { area: one.area, desk: one.area })),
      el("td", { class: "digits at" }, admin.when(one.created_at)),
      el("td", { class: one.showing ? "" : "muted" }, one.revoked_at ? t("admin.revoked_at", { at: admin.when(one.revoked_at) }) : showing),
    ];
  },
  acts: (admin, one) => (one.revoked_at ? [] : [{ word: "admin.revoke", isGrave: true, open: () => revoke(admin, "kiosks", one) }]),
};

/** @type {import("./main.js").List} */
export const sessions = {
  heads: ["admin.person", "admin.role", "admin.where", "admin.in_since", "admin.last_seen", "admin.from_where"],
  cells: (admin, one) => {
    const { t } = admin.app;
    return [
      el("td", { class: "who" }, el("b", {}, one.name), el("span", { class: "digits muted" }, one.username), one.own ? el("span", { class: "badge accent" }, t("admin.own_session")) : null),
      el("td", {}, t(`role.${one.role}`)),
      el("td", { class: "where" }, placeOf(admin.app, one)),
      el("td", { class: "digits at" }, admin.when(one.created_at)),
      el("td", { class: "digits at" }, admin.when(one.last_seen_at)),
      el("td", { class: "digits muted" }, one.address || t("admin.nowhere")),
    ];
  },
  acts: (admin, one) => [{ word: "admin.end", isGrave: true, open: () => endSession(admin, one) }],
};

/** @param {Admin} admin @param {any} one */
const isOver = (admin, one) => Boolean(one.revoked_at || (one.expires_at && Date.parse(one.expires_at) <= admin.app.clock.now()));

/** @param {Admin} admin */
async function makeToken(admin) {
  const { app, places } = admin;
  const { t } = app;
  const { name: began = "", days: beganDays = "90", ...beganSeat } = draftOf("token");
  const name = /** @type {HTMLInputElement} */ (el("input", { class: "input", name: "name", maxlength: "60", autocomplete: "off", value: began }));
  const days = /** @type {HTMLSelectElement} */ (el("select", { class: "input", name: "days" }, ...[...DAYS, 0].map((n) => el("option", { value: String(n), selected: String(n) === beganDays }, n ? t("admin.days", { n }) : t("admin.without_end")))));
  const keep = () => keepDraft("token", { name: name.value, days: days.value, ...seat.seat });
  const seat = new SeatForm(app, places, "token", beganSeat, keep);
  await seat.draw();
  for (const input of [name, days]) input.addEventListener("input", keep);
  ask(app, {
    title: t("admin.new_token"),
    act: t("admin.make"),
    body: [el("div", { class: "two" }, field(t("admin.token_name"), name, t("admin.token_hint")), field(t("admin.validity"), days)), seat.parts],
    check: () => (name.value.trim() ? seat.missing() : t("admin.token_empty")),
    send: async () => {
      const made = await app.api.post("/api/admin/tokens", { name: name.value.trim(), days: Number(days.value) || null, ...seat.value });
      dropDraft("token");
      return [el("p", {}, t("admin.token_made", { name: name.value.trim() })), secret(app, t("admin.token"), made.secret), el("p", { class: "muted" }, t("admin.token_use")), el("p", { class: "muted" }, t("admin.shown_once"))];
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin */
async function makeScreen(admin) {
  const { app, places } = admin;
  const { t } = app;
  const { name: began = "", ...beganSeat } = draftOf("screen");
  const name = /** @type {HTMLInputElement} */ (el("input", { class: "input", name: "name", maxlength: "60", autocomplete: "off", value: began }));
  const keep = () => keepDraft("screen", { name: name.value, ...seat.seat });
  const seat = new SeatForm(app, places, "kiosk", beganSeat, keep);
  await seat.draw();
  name.addEventListener("input", keep);
  ask(app, {
    title: t("admin.new_screen"),
    act: t("admin.make"),
    body: [field(t("admin.screen_name"), name, t("admin.screen_hint")), seat.parts, el("p", { class: "muted" }, t("admin.may.kiosk"))],
    check: () => (name.value.trim() ? seat.missing() : t("admin.screen_empty")),
    send: async () => {
      const made = await app.api.post("/api/admin/kiosks", { name: name.value.trim(), area: seat.value.area });
      dropDraft("screen");
      return [
        el("p", {}, t("admin.screen_made", { name: name.value.trim() })),
        secret(app, t("admin.screen_link"), `${location.origin}/login#screen=${made.secret}`),
        secret(app, t("admin.screen_code"), made.secret),
        el("p", { class: "muted" }, t("admin.screen_use")),
      ];
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin @param {"tokens"|"kiosks"} which @param {any} one */
function revoke(admin, which, one) {
  const { app } = admin;
  const { t } = app;
  ask(app, {
    title: t(`admin.revoke_${which}`, { name: one.name }),
    act: t("admin.revoke"),
    isGrave: true,
    body: [el("p", {}, t(`admin.revoke_${which}_why`, { n: one.showing ?? 0 }))],
    send: async () => {
      await app.api.delete(`/api/admin/${which}/${one.id}`);
      app.toast.show(t("admin.revoked", { name: one.name }), "good");
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin @param {any} one */
function endSession(admin, one) {
  const { app } = admin;
  const { t } = app;
  ask(app, {
    title: t("admin.end_of", { name: one.name }),
    act: t("admin.end"),
    isGrave: true,
    body: [el("p", {}, t(one.own ? "admin.end_own" : one.kind === "kiosk" ? "admin.end_screen" : "admin.end_why", { name: one.name }))],
    send: async () => {
      await app.api.delete(`/api/admin/sessions/${one.id}`);
      app.toast.show(t("admin.ended", { name: one.name }), "good");
    },
    done: () => admin.changed(),
  });
}
