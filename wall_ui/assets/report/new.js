// Reporting: what, in one's own words, where, and if one likes a telephone number. An unfinished report outlives a reload.
import { newKey } from "../core/api.js";
import { el, mark, write } from "../core/dom.js";
import { SmallMap } from "./map.js";

/** @typedef {{words: import("../core/words.js").Words, api: import("../core/api.js").Api, ask: (code: string) => void}} Door */

const GROUPS = ["service", "safety", "dispute", "emergency"];
const DRAFT = "wall.report.draft";
const OUTSIDE = new Set(["outside_county"]);

const recall = () => {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
  } catch {
    return {};
  }
};

/** @param {HTMLElement} host @param {Door} door */
export function drawNew(host, door) {
  const { words, api } = door;
  const t = words.t.bind(words);
  const draft = recall();
  let key = newKey();
  /** @type {{lon: number, lat: number}|null} */
  let place = draft.place ?? null;
  let area = draft.area ?? "";

  const category = el("select", { id: "category" }, el("option", { value: "" }, t("report.category_choose")), ...GROUPS.map((group) =>
    el("optgroup", { label: t(`group.${group}`) }, ...Object.keys(words.groups).filter((one) => words.groups[one] === group).map((one) => el("option", { value: one, selected: one === draft.category }, t(`category.${one}`))))));
  const text = el("textarea", { id: "text", rows: "5", maxlength: "4000", placeholder: t("report.text_hint") });
  const name = el("input", { id: "name", type: "text", maxlength: "60", autocomplete: "name" });
  const phone = el("input", { id: "phone", type: "tel", maxlength: "24", autocomplete: "tel" });
  const said = { text, name, phone };
  for (const [one, input] of Object.entries(said)) /** @type {any} */ (input).value = draft[one] ?? "";
  const town = /** @type {HTMLSelectElement} */ (el("select", { id: "town" }, el("option", { value: "" }, t("report.town"))));
  const village = /** @type {HTMLSelectElement} */ (el("select", { id: "village", disabled: true }, el("option", { value: "" }, t("report.village"))));
  const where = el("p", { class: "where", role: "status" });
  const wrong = el("p", { class: "wrong", role: "alert" });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "map");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("report.map"));
  const map = new SmallMap(api, svg);
  const send = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: "do" }, t("report.send")));
  const value = (/** @type {any} */ input) => input.value.trim();
  const near = el("div", { class: "map-tools" }, el("button", { type: "button", "aria-label": t("report.nearer"), onclick: () => map.zoom(0.5) }, mark("plus")), el("button", { type: "button", "aria-label": t("report.farther"), onclick: () => map.zoom(2) }, mark("minus")));
  const mapBox = el("div", { class: "map-box", hidden: true }, svg, near, el("p", { class: "muted" }, t("report.map_how")));

  function keep() {
    sessionStorage.setItem(DRAFT, JSON.stringify({ category: value(category), text: value(text), name: value(name), phone: value(phone), place, area }));
    // A report that was changed is another report.
    key = newKey();
    write(wrong, "");
  }

  /** @param {{lon: number, lat: number}} at @param {string} words_key */
  async function point(at, words_key) {
    mapBox.hidden = false;
    const inside = await map.show(at);
    if (inside) {
      place = { lon: Math.round(at.lon * 1e6) / 1e6, lat: Math.round(at.lat * 1e6) / 1e6 };
      write(where, t(words_key));
      keep();
    }
    return inside;
  }

  map.addEventListener("picked", (event) => {
    const at = /** @type {CustomEvent} */ (event).detail;
    place = { lon: Math.round(at.lon * 1e6) / 1e6, lat: Math.round(at.lat * 1e6) / 1e6 };
    write(where, t("report.place_map"));
    keep();
  });
  map.addEventListener("lost", (event) => {
    const error = /** @type {CustomEvent} */ (event).detail;
    write(where, OUTSIDE.has(error.code) ? t("report.outside") : error.say?.(words) ?? String(error));
    if (place && OUTSIDE.has(error.code)) void map.show(place);
  });

  function locate() {
    if (!globalThis.isSecureContext || !navigator.geolocation) return write(where, t("report.gps_none"));
    write(where, t("report.gps_wait"));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => void point({ lon: coords.longitude, lat: coords.latitude }, "report.place_gps"),
      () => write(where, t("report.gps_none")),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  }

  /** @type {any[]} */
  let towns = [];
  const fill = (/** @type {HTMLSelectElement} */ select, /** @type {string} */ first, /** @type {any[]} */ rows) => select.replaceChildren(el("option", { value: "" }, t(first)), ...rows.map((one) => el("option", { value: one.code }, words.lang === "en" ? `${one.name_en} ${one.name}` : one.name)));
  const villagesOf = () => towns.find((one) => one.code === town.value)?.villages ?? [];
  town.addEventListener("change", () => {
    fill(village, "report.village", villagesOf());
    village.disabled = !town.value;
    area = town.value;
    place = null;
    keep();
    const [first] = villagesOf();
    if (first) write(where, t("report.place_town"));
  });
  village.addEventListener("change", () => {
    const chosen = villagesOf().find((/** @type {any} */ one) => one.code === village.value);
    area = village.value || town.value;
    place = null;
    keep();
    if (!chosen) return;
    mapBox.hidden = false;
    write(where, t("report.place_village"));
    void map.show(chosen);
  });
  void api.get("/report/areas").then((rows) => {
    towns = rows;
    fill(town, "report.town", towns);
    if (!area) return;
    town.value = area.slice(0, 9);
    fill(village, "report.village", villagesOf());
    village.disabled = false;
    if (area.length > 9) village.value = area;
  }, () => write(where, t("error.network")));

  /** @returns {any} the report, null when something is missing */
  function report() {
    if (!value(category)) return missing(category, "report.category_needed");
    if (!value(text)) return missing(text, "report.text_needed");
    if (!place && !area) return missing(town, "report.place_needed");
    if (value(phone) && !/^[0-9+() -]{3,24}$/.test(value(phone))) return missing(phone, "report.phone_wrong");
    const reporter = { ...(value(name) ? { name: value(name) } : {}), ...(value(phone) ? { phone: value(phone) } : {}) };
    return { category: value(category), text: value(text), ...(place ?? { area_code: area }), ...(Object.keys(reporter).length ? { reporter } : {}) };
  }

  /** @param {HTMLElement} input @param {string} word */
  function missing(input, word) {
    write(wrong, t(word));
    input.focus();
    return null;
  }

  async function submit() {
    const body = report();
    if (!body) return;
    send.disabled = true;
    try {
      const answer = await api.post("/api/cases", body, { key });
      sessionStorage.removeItem(DRAFT);
      drawDone(host, door, answer);
    } catch (error) {
      write(wrong, /** @type {any} */ (error).say?.(words) ?? String(error));
      send.disabled = false;
    }
  }

  const form = el("form", { class: "card", novalidate: true },
    el("label", { for: "category" }, t("report.category")), category,
    el("label", { for: "text" }, t("report.text")), text,
    el("fieldset", {}, el("legend", {}, t("report.place")), el("button", { type: "button", class: "button wide", onclick: locate }, mark("frame"), t("report.gps")), el("div", { class: "pair" }, town, village), mapBox, where),
    el("fieldset", {}, el("legend", {}, t("report.reporter")), el("div", { class: "pair" }, el("label", {}, t("report.name"), name), el("label", {}, t("report.phone"), phone)), el("p", { class: "muted" }, t("report.privacy"))),
    wrong, send);
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  host.replaceChildren(form);
  if (place) void point(place, "report.place_map");
}

/** The code, once: it is kept nowhere but here. @param {HTMLElement} host @param {Door} door @param {any} answer */
function drawDone(host, door, answer) {
  const { words } = door;
  const code = answer.query_code.replace(/(.{5})/, "$1 ");
  host.replaceChildren(el("div", { class: "card done", role: "status" }, mark("check"), el("h2", {}, words.t("report.done")), el("p", {}, words.t("report.number", { number: answer.case.number })), el("p", { class: "code" }, code), el("p", {}, words.t("report.keep_code")),
    el("button", { type: "button", class: "do", onclick: () => door.ask(answer.query_code) }, words.t("report.see")), el("button", { type: "button", class: "button wide", onclick: () => drawNew(host, door) }, words.t("report.another"))));
}
