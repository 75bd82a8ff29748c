// The start page: sits the reader down at a desk, and shows how the county is doing.
import { write } from "../core/dom.js";
import { bringFontsWhereMissing } from "../core/hanzi.js";
import { homeOf } from "../doors/homes.js";
import { leaveScreen, openDoor } from "../doors/boot.js";
import { drawPins } from "./pins.js";

const LOOK_AGAIN_MS = 10_000;
const REMEMBERED = "wall.start.choices";

const { words, api, root, session } = await openDoor();
bringFontsWhereMissing();

/** @param {any} record */
function offerToContinue(record) {
  const link = /** @type {HTMLAnchorElement} */ (document.querySelector('[data-place="continue"]'));
  const { name, name_en, desk_name, role } = record.actor;
  link.href = homeOf(role);
  link.classList.remove("hidden");
  const say = () => write(link, words.t("start.continue", words.lang === "en" ? { name: name_en, desk: words.t(`role.${role}`) } : { name, desk: desk_name }));
  words.addEventListener("change", say);
  say();
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {HTMLElement} card */
async function sitDown(card) {
  const { role, page, among } = card.dataset;
  const choice = /** @type {HTMLSelectElement|null} */ (card.querySelector("select"))?.value;
  const seat = { role, ...(among && choice ? { [among]: choice } : {}) };
  root.dataset.entering = "true";
  card.classList.add("entering");
  try {
    await leaveScreen(api, session);
    await api.post("/api/demo/session", seat);
    location.assign(page ?? "/wall");
  } catch (error) {
    delete root.dataset.entering;
    card.classList.remove("entering");
    tell(card, /** @type {any} */ (error));
  }
}

/** @param {HTMLElement} card @param {any} error */
function tell(card, error) {
  let wrong = card.querySelector(".wrong");
  if (!wrong) {
    wrong = document.createElement("p");
    wrong.className = "wrong";
    wrong.setAttribute("role", "alert");
    card.append(wrong);
  }
  write(wrong, error.say ? error.say(words) : String(error.message));
}

async function lookAtTheCounty() {
  try {
    const glance = await api.get("/api/demo/glance");
    for (const cell of root.querySelectorAll("[data-figure]")) {
      write(cell, glance[/** @type {HTMLElement} */ (cell).dataset.figure ?? ""] ?? "–");
    }
    drawPins(document, glance.pins);
  } catch (error) {
    console.warn(error);
  }
  document.documentElement.dataset.drawn = "true";
}

// A page that was left and comes back by the browser's own memory is no longer entering anywhere.
window.addEventListener("pageshow", () => {
  delete root.dataset.entering;
  root.querySelectorAll(".entering").forEach((card) => card.classList.remove("entering"));
});

const choices = remembered();
for (const element of root.querySelectorAll("[data-role]")) {
  const card = /** @type {HTMLElement} */ (element);
  const key = `${card.dataset.role}`;
  const select = card.querySelector("select");
  if (select) {
    if ([...select.options].some((option) => option.value === choices[key])) select.value = choices[key];
    select.addEventListener("change", () => {
      choices[key] = select.value;
      try {
        localStorage.setItem(REMEMBERED, JSON.stringify(choices));
      } catch {
        // A browser that keeps nothing loses only the preselected choice.
      }
    });
  }
  card.querySelector(".enter")?.addEventListener("click", () => void sitDown(card));
}
if (session) offerToContinue(session);
await lookAtTheCounty();
setInterval(() => {
  if (!document.hidden) void lookAtTheCounty();
}, LOOK_AGAIN_MS);
