// Accounts: who may come in with a password, as what and where; made, moved, given a new password, closed.
import { el } from "../core/dom.js";
import { ask, copier, field, secret } from "./dialog.js";
import { draftOf, dropDraft, keepDraft } from "./draft.js";
import { newPassword, whyNot } from "./password.js";
import { SeatForm } from "./seat_form.js";
import { placeOf } from "./said.js";

/** @typedef {import("./main.js").Admin} Admin */

const DRAFT = "account";

/** @type {import("./main.js").List} */
export const accounts = {
  heads: ["admin.person", "admin.role", "admin.where", "admin.opens_by", "admin.online"],
  make: { word: "admin.new_account", open: makeAccount },
  cells: (admin, one) => {
    const { t } = admin.app;
    const online = one.sessions ? el("span", { class: "is-in" }, t("admin.sessions_n", { n: one.sessions })) : el("span", { class: "muted" }, t("admin.offline"));
    const state = one.disabled_at ? el("span", { class: "muted" }, t("admin.closed_at", { at: admin.when(one.disabled_at) })) : online;
    return [
      el("td", { class: "who" }, el("b", {}, one.name), el("span", { class: "digits muted" }, one.username)),
      el("td", {}, t(`role.${one.role}`)),
      el("td", { class: "where" }, placeOf(admin.app, one)),
      el("td", { class: "muted" }, t(`admin.by.${one.opens_by}`)),
      el("td", {}, state),
    ];
  },
  acts: (admin, one) => {
    if (one.disabled_at || one.demonstration) return [];
    const isOwn = one.id === admin.app.session.actor.account_id;
    return [
      // Who comes by another house's log-in has his password there; one of ours would shut him out.
      ...(one.opens_by === "password" ? [{ word: "admin.password_new", open: () => changePassword(admin, one) }] : []),
      ...(isOwn ? [] : [{ word: "admin.move", open: () => moveAccount(admin, one) }, { word: "admin.close", isGrave: true, open: () => closeAccount(admin, one) }]),
    ];
  },
};

/** An input for a password with one made by chance in it, which can be read out, copied, or typed over. @param {Admin} admin @param {{shortest: number, longest: number}} rule */
function passwordField(admin, rule) {
  const { app } = admin;
  const { t } = app;
  const input = /** @type {HTMLInputElement} */ (el("input", { class: "input digits", name: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none", maxlength: "1000", value: newPassword(), "aria-label": t("admin.password") }));
  const another = el("button", { type: "button", class: "button", onclick: () => (input.value = newPassword()) }, t("admin.another"));
  return { input, part: el("div", { class: "field" }, el("span", {}, t("admin.password")), el("div", { class: "beside" }, input, another, copier(app, () => input)), el("small", { class: "muted" }, t("admin.password_rule", rule))) };
}

/** The word for what is wrong with a password, "" if nothing is. @param {Admin} admin @param {string} password @param {string} username @param {{shortest: number, longest: number}} rule */
function wrongWith(admin, password, username, rule) {
  const why = whyNot(password, username, rule);
  return why ? admin.app.t(why, rule) : "";
}

/** @param {Admin} admin */
async function makeAccount(admin) {
  const { app, places } = admin;
  const { t } = app;
  const rule = (await places.at(app.session.actor.area)).passwords;
  const { username: beganAs = "", name: beganName = "", ...beganSeat } = draftOf(DRAFT);
  const username = /** @type {HTMLInputElement} */ (el("input", { class: "input", name: "username", maxlength: "60", autocomplete: "off", autocapitalize: "none", spellcheck: "false", value: beganAs }));
  const name = /** @type {HTMLInputElement} */ (el("input", { class: "input", name: "name", maxlength: "60", autocomplete: "off", value: beganName }));
  const keep = () => keepDraft(DRAFT, { username: username.value, name: name.value, ...seat.seat });
  const seat = new SeatForm(app, places, "account", beganSeat, keep);
  const password = passwordField(admin, rule);
  await seat.draw();
  for (const input of [username, name]) input.addEventListener("input", keep);
  ask(app, {
    title: t("admin.new_account"),
    act: t("admin.make"),
    body: [el("div", { class: "two" }, field(t("admin.name"), name), field(t("admin.username"), username, t("admin.username_hint"))), seat.parts, password.part],
    check: async () => {
      if (!name.value.trim()) return t("admin.name_empty");
      if (!/^\S{2,}$/.test(username.value.trim())) return t("admin.username_wrong");
      return (await seat.missing()) || wrongWith(admin, password.input.value, username.value.trim(), rule);
    },
    send: async () => {
      const body = { username: username.value.trim(), name: name.value.trim(), password: password.input.value, ...seat.value };
      const { account } = await app.api.post("/api/admin/accounts", body);
      dropDraft(DRAFT);
      return [el("p", {}, t("admin.account_made", { name: account.name })), secret(app, t("admin.username"), account.username), secret(app, t("admin.password"), body.password), el("p", { class: "muted" }, t("admin.shown_once"))];
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin @param {any} one */
async function changePassword(admin, one) {
  const { app, places } = admin;
  const { t } = app;
  const rule = (await places.at(app.session.actor.area)).passwords;
  const password = passwordField(admin, rule);
  const isOwn = one.id === app.session.actor.account_id;
  ask(app, {
    title: t("admin.password_of", { name: one.name }),
    act: t("admin.password_set"),
    body: [password.part, el("p", { class: "muted" }, t(isOwn ? "admin.password_ends_own" : "admin.password_ends", { n: one.sessions }))],
    check: () => wrongWith(admin, password.input.value, one.username, rule),
    send: async () => {
      await app.api.put(`/api/admin/accounts/${one.id}/password`, { password: password.input.value });
      return [el("p", {}, t("admin.password_done", { name: one.name })), secret(app, t("admin.username"), one.username), secret(app, t("admin.password"), password.input.value), el("p", { class: "muted" }, t("admin.shown_once"))];
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin @param {any} one */
async function moveAccount(admin, one) {
  const { app, places } = admin;
  const { t } = app;
  const seat = new SeatForm(app, places, "account", { role: one.role, area: one.area, desk: one.desk, unit: one.unit ?? "" });
  await seat.draw();
  ask(app, {
    title: t("admin.move_of", { name: one.name }),
    act: t("admin.move"),
    body: [el("p", { class: "muted" }, t("admin.now_at", { role: t(`role.${one.role}`), place: placeOf(app, one) })), seat.parts, el("p", { class: "muted" }, t("admin.move_holds"))],
    check: () => seat.missing(),
    send: async () => {
      await app.api.put(`/api/admin/accounts/${one.id}/role`, seat.value);
      app.toast.show(t("admin.moved", { name: one.name }), "good");
    },
    done: () => admin.changed(),
  });
}

/** @param {Admin} admin @param {any} one */
async function closeAccount(admin, one) {
  const { app } = admin;
  const { t } = app;
  const { ends } = await app.api.get(`/api/admin/accounts/${one.id}`);
  const line = (/** @type {string} */ word, /** @type {number} */ n, css = "") => (n ? el("li", { class: css }, t(word, { n })) : null);
  const ending = [line("admin.ends_sessions", ends.sessions), line("admin.ends_tokens", ends.tokens)].filter((part) => part !== null);
  const staying = ends.tasks ? [el("p", { class: "is-amber" }, t(ends.others ? "admin.tasks_shared" : "admin.tasks_stay", { n: ends.tasks, others: ends.others }))] : [];
  ask(app, {
    title: t("admin.close_of", { name: one.name }),
    act: t("admin.close"),
    isGrave: true,
    body: [
      el("p", {}, t("admin.close_what", { name: one.name, username: one.username, role: t(`role.${one.role}`), place: placeOf(app, one) })),
      ...(ending.length ? [el("p", {}, t("admin.ends_now")), el("ul", { class: "ends" }, ...ending)] : [el("p", { class: "muted" }, t("admin.ends_nothing"))]),
      ...staying,
      el("p", { class: "muted" }, t("admin.close_stays")),
    ],
    send: async () => {
      await app.api.delete(`/api/admin/accounts/${one.id}`);
      app.toast.show(t("admin.closed", { name: one.name }), "good");
    },
    done: () => admin.changed(),
  });
}
