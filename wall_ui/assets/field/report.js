// Reporting what one comes upon: category, words, the place where one stands. An unfinished report is kept.
import { el, mark, write } from "../core/dom.js";
import { whereAmI } from "./position.js";

// A fix this new still tells where one stands; for a newer one a sender waits only so long.
const FRESH_MS = 30_000;
const PATIENT_MS = 5000;
const AFTER_TYPING_MS = 700;
const LEAST_CHARACTERS = 4;
const GROUPS = ["emergency", "safety", "dispute", "service"];

/** @param {HTMLElement} tab @param {import("./main.js").Phone} phone */
export function drawReport(tab, phone) {
  const { t, memory } = phone;
  const draft = memory.recall("draft", {});
  /** @type {any} */
  let fix = null;
  let locating = Promise.resolve();
  const category = el("select", { "aria-label": t("field.category") }, el("option", { value: "" }, t("field.category_needed")));
  for (const group of GROUPS) {
    const keys = Object.keys(phone.words.groups).filter((key) => phone.words.groups[key] === group);
    category.append(el("optgroup", { label: t(`group.${group}`) }, ...keys.map((key) => el("option", { value: key, selected: key === draft.category }, t(`category.${key}`)))));
  }
  const words = el("textarea", { rows: "5", maxlength: "4000", placeholder: t("field.words_hint"), "aria-label": t("field.words") });
  const name = el("input", { type: "text", maxlength: "60", autocomplete: "off", placeholder: t("field.reporter_name"), "aria-label": t("field.reporter_name") });
  const telephone = el("input", { type: "tel", maxlength: "24", autocomplete: "off", placeholder: t("field.reporter_phone"), "aria-label": t("field.reporter_phone") });
  const fields = { text: words, name, telephone };
  for (const [key, input] of Object.entries(fields)) /** @type {any} */ (input).value = draft[key] ?? "";
  const proposed = el("div", { class: "chips", "aria-live": "polite" });
  let asked = 0;
  /** @type {number|undefined} */
  let resting;

  /** What the words are about, one tap away; without a network nothing is proposed, and nothing said. */
  async function propose() {
    const serial = (asked += 1);
    if (value(category) || value(words).length < LEAST_CHARACTERS) return proposed.replaceChildren();
    try {
      const answer = await phone.api.post("/api/intake/proposal", { text: value(words) });
      if (serial !== asked || value(category)) return;
      proposed.replaceChildren(...answer.categories.slice(0, 2).map((/** @type {any} */ one) => el("button", { type: "button", class: "button", onclick: () => take(one.category) }, t("field.proposed", { what: t(`category.${one.category}`) }))));
    } catch {
      proposed.replaceChildren();
    }
  }

  function take(/** @type {string} */ key) {
    /** @type {any} */ (category).value = key;
    proposed.replaceChildren();
    keep();
  }

  const wrong = el("p", { class: "wrong", role: "alert" });
  const place = el("p", { class: "place" });
  const value = (/** @type {any} */ input) => input.value.trim();

  async function locate() {
    write(place, t("field.place_wait"));
    const known = phone.position.last;
    const isFresh = known && phone.clock.now() - Date.parse(known.at) < FRESH_MS;
    try {
      fix = isFresh ? known : await whereAmI();
      write(place, t("field.place_fix", { n: fix.accuracy_m }));
    } catch {
      fix = null;
      write(place, t("field.place_area"));
    }
  }

  function keep() {
    memory.keep("draft", { category: value(category), text: value(words), name: value(name), telephone: value(telephone) });
    write(wrong, "");
    clearTimeout(resting);
    resting = /** @type {any} */ (setTimeout(() => void propose(), AFTER_TYPING_MS));
  }

  /** @returns {any} the report, null when something is missing */
  function report() {
    if (!value(category)) return write(wrong, t("field.category_needed"));
    if (!value(words)) return write(wrong, t("field.words_needed"));
    const reporter = { ...(value(name) ? { name: value(name) } : {}), ...(value(telephone) ? { phone: value(telephone) } : {}) };
    const where = fix ? { lon: fix.lon, lat: fix.lat } : { area_code: phone.session.actor.area };
    return { category: value(category), text: value(words), ...where, ...(Object.keys(reporter).length ? { reporter } : {}) };
  }

  async function send() {
    await Promise.race([locating, new Promise((done) => setTimeout(done, PATIENT_MS))]);
    const body = report();
    if (!body) return;
    memory.keep("draft", {});
    phone.report(body);
    drawReport(tab, phone);
    phone.go("tasks");
  }

  const form = el(
    "form",
    { class: "card form", novalidate: true },
    el("h2", {}, t("field.report_title")),
    el("label", {}, t("field.category")),
    category,
    el("label", {}, t("field.words")),
    words,
    proposed,
    el("label", {}, t("field.place")),
    el("div", { class: "where" }, mark("frame"), place, el("button", { type: "button", class: "button", onclick: () => (locating = locate()) }, t("field.place_again"))),
    el("label", {}, t("field.reporter")),
    el("div", { class: "pair" }, name, telephone),
    wrong,
    el("button", { type: "submit", class: "do" }, mark("plus"), t("field.send")),
  );
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  tab.replaceChildren(form);
  tab.addEventListener("shown", () => (locating = locate()), { once: true });
}
