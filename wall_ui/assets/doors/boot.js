// What the doors (start, log-in) share: words, the language switch, and who is here already.
import { Api } from "../core/api.js";
import { Words } from "../core/words.js";

/** Writes words that name the county: `data-titled="key"`. @param {Words} words @param {string} county */
export function writeTitles(words, county) {
  for (const element of document.querySelectorAll("[data-titled]")) {
    element.textContent = words.t(/** @type {HTMLElement} */ (element).dataset.titled ?? "", { county });
  }
  const title = document.querySelector("[data-titled]")?.textContent;
  if (title) document.title = title;
}

/** Writes names of areas, which the page has in both languages. @param {"zh"|"en"} lang */
function writeNames(lang) {
  for (const element of document.querySelectorAll("[data-en]")) element.textContent = /** @type {HTMLElement} */ (element).dataset[lang] ?? "";
}

/**
 * Ends the session of a wall screen, which may only read and so could not begin another.
 * @param {Api} api @param {any} session
 */
export async function leaveScreen(api, session) {
  if (session?.actor.role !== "kiosk") return;
  await api.delete("/api/session");
  api.csrf = "";
}

/** @returns {Promise<{words: Words, api: Api, root: HTMLElement, session: any}>} session null for a stranger */
export async function openDoor() {
  const root = /** @type {HTMLElement} */ (document.querySelector("[data-page]"));
  const words = new Words();
  const api = new Api();
  // The page says when nobody is logged in: asking would only write a refusal into the console.
  const session = "stranger" in root.dataset ? null : api.get("/api/session").catch(() => null);
  await words.load();
  words.addEventListener("change", () => {
    const { county = "", countyEn = county } = root.dataset;
    writeTitles(words, words.lang === "en" ? countyEn : county);
    writeNames(words.lang);
  });
  document.querySelector('[data-place="language"]')?.addEventListener("click", () => words.toggle());
  const known = await session;
  if (known) api.csrf = known.csrf ?? "";
  return { words, api, root, session: known };
}
