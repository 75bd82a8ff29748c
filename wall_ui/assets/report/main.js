// The citizen's page: two tabs, one to report and one to ask. A code in the address (#code=…) is asked for at once.
import { bringFontsWhereMissing } from "../core/hanzi.js";
import { openDoor } from "../doors/boot.js";
import { drawAsk } from "./ask.js";
import { drawNew } from "./new.js";

bringFontsWhereMissing();
const { words, api } = await openDoor();
const place = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-place="${name}"]`));
let code = new URLSearchParams(location.hash.slice(1)).get("code") ?? "";
const door = { words, api, ask: (/** @type {string} */ given) => {
  code = given;
  go("ask");
  drawAsk(place("ask"), door, code);
} };

/** @param {string} name */
function go(name) {
  for (const tab of document.querySelectorAll("[data-tab]")) /** @type {HTMLElement} */ (tab).hidden = /** @type {HTMLElement} */ (tab).dataset.tab !== name;
  for (const button of document.querySelectorAll("[data-go]")) button.setAttribute("aria-selected", String(/** @type {HTMLElement} */ (button).dataset.go === name));
}

function draw() {
  drawNew(place("new"), door);
  drawAsk(place("ask"), door, code);
}

for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => go(/** @type {HTMLElement} */ (button).dataset.go ?? "new"));
words.addEventListener("change", draw);
draw();
if (code) go("ask");
document.documentElement.dataset.drawn = "true";
