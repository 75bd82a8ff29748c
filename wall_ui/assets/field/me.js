// Whom to ring, one's own switches, and what still waits to be sent.
import { duration } from "../core/clock.js";
import { el, mark } from "../core/dom.js";
import { sizeInWords } from "../core/files.js";
import { hourMinute } from "../core/civil.js";

/** @typedef {import("./main.js").Phone} Phone */

/** @param {HTMLElement} tab @param {Phone} phone */
export function drawPhones(tab, phone) {
  const { on_duty, desks } = phone.state.directory;
  const own = phone.session.actor.desk;
  // One's own desk first, then upwards: the longest code is the nearest.
  const near = desks.filter((/** @type {any} */ desk) => desk.telephone && own.startsWith(desk.id)).sort((/** @type {any} */ a, /** @type {any} */ b) => b.id.length - a.id.length);
  const rest = desks.filter((/** @type {any} */ desk) => desk.telephone && !near.includes(desk));
  const english = phone.words.lang === "en";
  const rows = [...near, ...rest].map((desk) => callRow(english ? phone.areas.name(desk.id) : desk.name, english ? desk.name : "", desk.telephone));
  if (on_duty?.telephone) rows.splice(near.length, 0, callRow(on_duty.name, phone.t("role.leader"), on_duty.telephone));
  tab.replaceChildren(el("div", { class: "card list" }, ...(rows.length ? rows : [el("p", { class: "calm" }, phone.t("app.none"))])));
}

/** @param {string} name @param {string} what @param {string} number */
function callRow(name, what, number) {
  const tel = `tel:${number.replace(/[^0-9+]/g, "")}`;
  return el("a", { class: "call", href: tel }, el("div", {}, el("b", {}, name), el("small", {}, [what, number].filter(Boolean).join(" · "))), mark("phone"));
}

/** @param {HTMLElement} tab @param {Phone} phone */
export function drawMe(tab, phone) {
  const { t, session } = phone;
  const { actor } = session;
  tab.replaceChildren(
    el("div", { class: "card" }, el("b", { class: "big" }, phone.words.lang === "en" ? actor.name_en : actor.name), el("p", { class: "muted" }, [t(`role.${actor.role}`), phone.areas.seat(actor), phone.words.lang === "en" ? phone.areas.whole(actor.area) : actor.area_name].filter((part, i, all) => part && all.indexOf(part) === i).join(" · "))),
    el("div", { class: "card list" }, positionSwitch(phone), soundSwitch(phone)),
    waitingList(phone),
    el("div", { class: "card list" }, row(t("app.language_why"), t("app.language"), () => phone.words.toggle()), row("", t("app.log_out"), () => void phone.leave())),
  );
}

/** @param {string} why @param {string} label @param {() => void} act */
function row(why, label, act) {
  return el("button", { type: "button", class: "call", onclick: act }, el("div", {}, el("b", {}, label), why ? el("small", {}, why) : null));
}

/** @param {string} label @param {string} why @param {boolean} on @param {(on: boolean) => void} turn */
function toggle(label, why, on, turn) {
  const knob = el("span", { class: "switch" });
  return el("button", { type: "button", class: "call", role: "switch", "aria-checked": String(on), onclick: () => turn(!on) }, el("div", {}, el("b", {}, label), el("small", {}, why)), knob);
}

/** @param {Phone} phone */
function positionSwitch(phone) {
  const { state, on, sent_ms } = phone.position;
  const { t } = phone;
  const bad = { denied: "field.position_denied", insecure: "field.position_insecure", lost: "field.position_lost" };
  const sent = sent_ms ? ` · ${t("field.position_sent", { time: duration((phone.clock.now() - sent_ms) / 1000, phone.words) })}` : "";
  const why = state in bad ? t(bad[/** @type {"lost"} */ (state)]) : on ? t("field.position_on") + sent : t("field.position_why");
  return toggle(t("field.position"), why, on, (next) => phone.turnPosition(next));
}

/** @param {Phone} phone */
function soundSwitch(phone) {
  return toggle(phone.t("field.sound"), "", phone.memory.recall("sound", true), (on) => {
    phone.memory.keep("sound", on);
    phone.draw();
  });
}

/** @param {Phone} phone */
function waitingList(phone) {
  const { t, outbox, photos } = phone;
  const waiting = outbox.waiting.map((entry) => el("div", { class: "call" }, el("div", {}, el("b", {}, phone.nameOf(entry)), el("small", {}, `${hourMinute(entry.at)} · ${t("field.waiting_one")}`))));
  const refused = outbox.refused.map((entry) =>
    el("div", { class: "call bad" }, el("div", {}, el("b", {}, phone.nameOf(entry)), el("small", {}, `${hourMinute(entry.at)} · ${phone.whyOf(/** @type {any} */ (entry.refused))}`), entry.body.text || entry.body.result ? el("small", {}, entry.body.text ?? entry.body.result) : null),
      el("button", { type: "button", class: "button", onclick: () => outbox.dismiss(entry.key) }, t("field.dismiss"))),
  );
  const pictures = photos.photos.map((photo) => {
    const state = photo.refused ? phone.whyOf(photo.refused) : t("field.waiting_one");
    const drop = () => photo.refused || confirm(t("field.photo_drop")) ? void photos.drop(photo.key) : undefined;
    return el("div", { class: photo.refused ? "call bad" : "call" }, el("div", {}, el("b", {}, t("field.photo_of", { number: photo.number })), el("small", {}, `${hourMinute(photo.at)} · ${sizeInWords(photo.size)} · ${state}`)),
      el("button", { type: "button", class: "button", onclick: drop }, t(photo.refused ? "field.dismiss" : "field.drop")));
  });
  const none = waiting.length + refused.length + pictures.length === 0;
  const again = phone.unsent ? el("button", { type: "button", class: "button", onclick: () => void phone.flush() }, t("field.send_now")) : null;
  return el("div", { class: "card list" }, el("h2", {}, t("field.outbox")), none ? el("p", { class: "muted" }, mark("check"), t("field.outbox_empty")) : null, ...refused, ...waiting, ...pictures, again);
}
