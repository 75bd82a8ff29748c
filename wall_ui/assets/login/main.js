// The log-in: name and password, or a wall screen's token; then on to where one was going.
import { write } from "../core/dom.js";
import { bringFontsWhereMissing } from "../core/hanzi.js";
import { leaveScreen, openDoor } from "../doors/boot.js";
import { homeOf, nextPage, screenOf } from "../doors/homes.js";

const { words, api, root, session: known } = await openDoor();
bringFontsWhereMissing();
const form = /** @type {HTMLFormElement} */ (root.querySelector("form"));
const place = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-place="${name}"]`));
const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
let byToken = false;
let busy = false;
/** @type {{key?: string, error?: any}} what is wrong, to be said again in the other language */
let wrong = {};

function draw() {
  root.dataset.by = byToken ? "token" : "person";
  place("switch").dataset.w = byToken ? "login.person" : "login.screen";
  const shown = input("password").type === "text";
  place("show").dataset.w = shown ? "login.hide" : "login.show";
  const enter = /** @type {HTMLButtonElement} */ (place("enter"));
  enter.disabled = busy;
  const label = /** @type {HTMLElement} */ (enter.firstElementChild);
  label.dataset.w = busy ? "login.entering" : "login.enter";
  words.fill(document.body);
  write(place("wrong"), wrong.key ? words.t(wrong.key) : wrong.error ? wrong.error.say(words) : "");
}

/** @returns {object|null} what to send, null when something is missing */
function credentials() {
  wrong = {};
  if (byToken) {
    const token = input("token").value.trim();
    if (token) return { token };
    wrong = { key: "login.token_empty" };
    input("token").focus();
    return null;
  }
  const username = input("username").value.trim();
  const password = input("password").value;
  if (username && password) return { username, password };
  wrong = { key: "login.both" };
  input(username ? "password" : "username").focus();
  return null;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  const sent = credentials();
  if (!sent) return draw();
  busy = true;
  draw();
  try {
    await leaveScreen(api, known);
    const { actor } = await api.post("/api/session", sent);
    location.replace(nextPage(location.search, location.origin) ?? homeOf(actor.role));
  } catch (error) {
    wrong = { error };
    busy = false;
    draw();
    input(byToken ? "token" : "password").select();
  }
});

form.addEventListener("input", () => {
  if (!wrong.key && !wrong.error) return;
  wrong = {};
  draw();
});

place("show").addEventListener("click", () => {
  const field = input("password");
  field.type = field.type === "password" ? "text" : "password";
  draw();
  field.focus();
});

place("switch").addEventListener("click", () => {
  byToken = !byToken;
  wrong = {};
  draw();
  input(byToken ? "token" : "username").focus();
});

input("password").addEventListener("keyup", (event) => {
  if (wrong.error || wrong.key === "login.both") return;
  wrong = event.getModifierState?.("CapsLock") ? { key: "login.caps" } : {};
  draw();
});

/** A wall screen's link has its token behind the #, which no server is sent and no log keeps; nor does this browser's history. */
function byLink() {
  const token = screenOf(location.hash);
  if (!token) return input("username").focus();
  history.replaceState(null, "", location.pathname + location.search);
  byToken = true;
  draw();
  input("token").value = token;
  // Whoever works here is not made a wall screen by a link that somebody sent: he presses the button, or does not.
  if (!known || known.actor.role === "kiosk") form.requestSubmit();
  else input("token").focus();
}

words.addEventListener("change", draw);
draw();
byLink();
document.documentElement.dataset.drawn = "true";
