// The tasks: what happened, where, how much time is left, and one large button for what comes next.
import { colourAt, duration, nextClock, remaining } from "../core/clock.js";
import { sendFile, sizeInWords } from "../core/files.js";
import { el, mark, write } from "../core/dom.js";
import { hourMinute } from "../core/civil.js";
import { reasonIn } from "../core/reasons.js";
import { OPEN } from "../core/store.js";
import { coming } from "./coming.js";
import { bearing_deg, direction, distance_m, length, navigationLink } from "./compass.js";
import { openSteps } from "./procedure.js";
import { openSheet, phrased } from "./sheet.js";
import { draw } from "./sketch.js";
import { STEPS, assignmentOf, nextMoves, stateAfter, stepOf, stepTimes } from "./steps.js";

/** @typedef {import("./main.js").Phone} Phone */

const HERE_M = 40;
const UNDER_WAY = new Set(["accepted", "dispatched", "handling"]);

/** The tasks as they will stand once all that waits is sent. @param {Phone} phone */
export function tasksOf(phone) {
  const unit_id = phone.state.unit?.id ?? "";
  return phone.state.tasks
    .map((/** @type {any} */ task) => {
      const known = phone.store.cases.get(task.case.id);
      const record = known && known.version > task.case.version ? known : task.case;
      const assignment = assignmentOf(record, unit_id);
      const waiting = phone.outbox.of(record.id);
      return { record, texts: task.texts, assignment, waiting, state: assignment ? stateAfter(assignment.state, waiting) : "cleared" };
    })
    .filter((/** @type {any} */ task) => nextMoves(task.state));
}

/** Cases in the own area that nobody asked this unit to yet. @param {Phone} phone */
function nearby(phone) {
  const { unit } = phone.state;
  if (!unit?.on_duty || unit.state !== "available" || tasksOf(phone).length) return [];
  const waits = new Set(phone.outbox.waiting.map((entry) => entry.case_id));
  return [...phone.store.cases.values()].filter(
    (record) => OPEN.has(record.status) && UNDER_WAY.has(record.status) && record.area_code.startsWith(unit.area_code) && !waits.has(record.id),
  );
}

/** @param {HTMLElement} tab @param {HTMLElement} thumb @param {Phone} phone */
export function drawTasks(tab, thumb, phone) {
  const tasks = tasksOf(phone);
  tab.replaceChildren(...(tasks.length ? tasks.map((/** @type {any} */ task) => card(task, phone)) : [empty(phone)]));
  const others = nearby(phone);
  if (others.length) tab.append(el("h2", {}, phone.t("field.nearby")), ...others.map((record) => neighbour(record, phone)));
  drawThumb(thumb, tasks[0], phone);
  tick(tab, phone);
}

/** @param {Phone} phone */
function empty(phone) {
  const { t, state } = phone;
  const on = state.unit?.on_duty;
  const awaited = coming(phone);
  const svg = sketchOf(phone, null);
  const words = el("div", { class: "calm" }, mark(on ? "check" : "minus"), el("b", {}, t("field.no_task")), el("p", {}, t(on ? "field.no_task_why" : "field.no_task_off")));
  const give = phone.session.demonstration && on && !awaited ? el("button", { type: "button", class: "button", onclick: () => void phone.giveTask() }, mark("plus"), t("field.give")) : null;
  const begin = on ? null : el("button", { type: "button", class: "do", onclick: () => void phone.turnDuty() }, t("field.go_on_duty"));
  return el("article", { class: "card empty" }, awaited ?? words, begin, svg, el("p", { class: "place" }, phone.areas.whole(state.unit?.area_code ?? "")), give);
}

/** @param {any} task @param {Phone} phone */
function card(task, phone) {
  const { record, texts, state, waiting } = task;
  const { t } = phone;
  const group = phone.words.groups[record.category] ?? "service";
  const head = el(
    "header",
    { class: `what priority-${record.priority}` },
    mark(`case-${group}`),
    el("div", {}, el("b", {}, t(`category.${record.category}`)), el("small", {}, record.number)),
    el("span", { class: "badge" }, t(`priority.${record.priority}`)),
  );
  const place = phone.areas.whole(record.area_code);
  return el(
    "article",
    { class: "card task", dataset: { case: record.id } },
    head,
    progress(task, phone),
    record.supervision && !record.supervision.answered_at ? el("p", { class: "supervised" }, mark("alarm"), t("field.supervised")) : null,
    el("p", { class: "clock", dataset: { due: record.id } }),
    el("p", { class: "place" }, place),
    sketchOf(phone, record),
    el("div", { class: "there" }, el("span", { class: "far", dataset: { far: record.id } }), goThere(record, place, phone)),
    el("div", { class: "said" }, ...texts.map((/** @type {any} */ one) => said(one, phone))),
    waiting.length ? el("p", { class: "waits" }, mark("clock"), t("field.waiting_one")) : null,
    photosOf(record, phone),
    el("div", { class: "minor" }, ...minor(task, state, phone)),
  );
}

/** @param {any} record @param {string} place @param {Phone} phone */
function goThere(record, place, phone) {
  return el("a", { class: "button", href: navigationLink(record, place, navigator.userAgent) }, mark("frame"), phone.t("field.navigate"));
}

/** @param {any} one @param {Phone} phone */
function said(one, phone) {
  const move = one.kind.replace(/_reason$/, "");
  const label = move === "report" ? "field.reported" : move === "dispatch" ? "field.orders" : move === "note" ? "field.notes" : `move.${move}`;
  return el("div", {}, el("small", {}, `${phone.words.has(label) ? phone.t(label) : ""} · ${hourMinute(one.at)}`), el("p", {}, move === "dispatch" ? reasonIn(phone.words, one.text) : one.text));
}

/** @param {any} task @param {Phone} phone */
function progress(task, phone) {
  const reached = stepOf(task.state);
  const times = stepTimes(task.assignment);
  const items = STEPS.slice(0, 5).map((step, i) =>
    el("li", { class: i < reached ? "past" : i === reached ? "now" : "" }, el("span", {}, phone.t(`field.step.${step}`)), el("small", {}, times[i] ? hourMinute(times[i]) : "")),
  );
  return el("ol", { class: "steps" }, ...items);
}

/** The smaller things to do. @param {any} task @param {string} state @param {Phone} phone */
function minor(task, state, phone) {
  const buttons = (nextMoves(state)?.others ?? []).map((move) =>
    el("button", { type: "button", class: `button ${move === "decline" || move === "clear" ? "danger" : ""}`, onclick: () => act(task, move, phone) }, phone.t(`field.do.${move}`)),
  );
  buttons.push(el("button", { type: "button", class: "button", onclick: () => void openSteps(task.record, phone) }, mark("check"), phone.t("steps.title")));
  buttons.push(el("button", { type: "button", class: "button", onclick: () => takePhoto(task.record, phone) }, mark("plus"), phone.t("files.photo")));
  buttons.push(el("button", { type: "button", class: "button", onclick: () => void callReporter(task.record, phone) }, mark("phone"), phone.t("field.call_reporter")));
  return buttons;
}

/** @param {HTMLElement} thumb @param {any} task @param {Phone} phone */
function drawThumb(thumb, task, phone) {
  thumb.classList.toggle("hidden", !task);
  document.body.classList.toggle("has-thumb", Boolean(task));
  if (!task) return thumb.replaceChildren();
  const { main } = /** @type {any} */ (nextMoves(task.state));
  thumb.replaceChildren(el("button", { type: "button", class: `next at-${main}`, onclick: () => act(task, main, phone) }, mark(main === "resolve" || main === "acknowledge" ? "check" : main === "arrive" ? "frame" : "up"), phone.t(`field.do.${main}`)));
}

/** @param {any} task @param {string} move @param {Phone} phone */
function act(task, move, phone) {
  const { t } = phone;
  const close = t("app.close");
  const label = t(`field.do.${move}`);
  if (move === "resolve") {
    const field = phrased({ label: t("field.result"), hint: t("field.result_hint"), phrases: phrases("result", phone), wrong: t("field.result_needed") });
    openSheet({ title: t("field.resolve_title"), close, act: label, onAct: () => make(task, move, "result", field.read(), phone) }, field.node);
  } else if (move === "decline") {
    const field = phrased({ label: t("field.reason"), phrases: phrases("reason", phone), wrong: t("field.reason_needed") });
    openSheet({ title: t("field.decline_title"), close, act: label, danger: true, onAct: () => make(task, move, "reason", field.read(), phone) }, field.node);
  } else if (move === "clear") {
    openSheet({ title: t("field.clear_title"), close, act: label, danger: true, onAct: () => phone.move(task.record, move) }, el("p", {}, t("field.clear_why")));
  } else {
    phone.move(task.record, move);
  }
}

/** @param {string} of @param {Phone} phone */
function phrases(of, phone) {
  return [1, 2, 3, 4, 5].map((n) => `field.phrase.${of}.${n}`).filter((key) => phone.words.has(key)).map((key) => phone.t(key));
}

/** @param {any} task @param {string} move @param {string} name @param {string|null} words @param {Phone} phone */
function make(task, move, name, words, phone) {
  if (words === null) return false;
  phone.move(task.record, move, { [name]: words });
  return true;
}

/** Opens the camera and takes what it took. @param {any} record @param {Phone} phone */
function takePhoto(record, phone) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: "image/*", capture: "environment" }));
  input.addEventListener("change", () => input.files?.[0] && void keepPhoto(record, input.files[0], phone));
  input.click();
}

/** Lays a photo where it outlives a dead spot, then sends it. @param {any} record @param {File} file @param {Phone} phone */
async function keepPhoto(record, file, phone) {
  try {
    const photo = await phone.photos.add(record, file);
    void navigator.storage?.persist?.();
    await phone.flush();
    await phone.photos.flush();
    if (phone.photos.of(record.id).includes(photo)) phone.toast.show(phone.t("field.photo_kept", { size: sizeInWords(file.size) }), "note");
  } catch (error) {
    await sendPhoto(record, file, phone, /** @type {any} */ (error).name === "QuotaExceededError");
  }
}

/** Sends a photo that the phone could not keep; on a broken line it asks once more. @param {any} record @param {File} file @param {Phone} phone @param {boolean} full */
async function sendPhoto(record, file, phone, full) {
  const { t } = phone;
  try {
    await sendFile(phone.api, record.id, file);
    phone.toast.show(t("files.sent", { name: record.number }), "good");
  } catch (error) {
    const why = full ? t("field.photo_full", { size: sizeInWords(phone.photos.size) }) : (/** @type {any} */ (error).say?.(phone.words) ?? "");
    openSheet({ title: t("files.not_sent"), close: t("app.close"), act: t("files.again"), onAct: () => void keepPhoto(record, file, phone) }, el("p", {}, why));
  }
}

/** @param {any} record @param {Phone} phone */
function photosOf(record, phone) {
  const photos = phone.photos.of(record.id);
  if (!photos.length) return null;
  const size = sizeInWords(photos.reduce((sum, photo) => sum + photo.size, 0));
  return el("p", { class: "waits" }, mark("clock"), phone.t("field.photos_waiting", { n: photos.length, size }));
}

/** @param {any} record @param {Phone} phone */
async function callReporter(record, phone) {
  try {
    const { reports } = await phone.api.get(`/api/cases/${record.id}`);
    const known = reports.find((/** @type {any} */ one) => one.reporter_phone);
    if (known) location.href = `tel:${known.reporter_phone.replace(/[^0-9+]/g, "")}`;
    else phone.toast.show(phone.t("app.none"), "note");
  } catch (error) {
    phone.toast.fail(error);
  }
}

/** @param {any} record @param {Phone} phone */
function neighbour(record, phone) {
  const attach = el("button", { type: "button", class: "button", onclick: () => phone.move(record, "attach") }, phone.t("field.attach"));
  const what = el("div", {}, el("b", {}, phone.t(`category.${record.category}`)), el("small", {}, `${phone.t(`status.${record.status}`)} · ${hourMinute(record.reported_at)}`));
  return el("article", { class: `card row priority-${record.priority}` }, mark(`case-${phone.words.groups[record.category] ?? "service"}`), what, attach);
}

/** @param {Phone} phone @param {any} record */
function sketchOf(phone, record) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "sketch");
  svg.setAttribute("aria-hidden", "true");
  draw(svg, { around: phone.around(record), target: record, me: phone.position.last, t: phone.t });
  return svg;
}

/** What changes by itself: time left, distance. @param {HTMLElement} tab @param {Phone} phone */
export function tick(tab, phone) {
  const since = tab.querySelector("[data-since]");
  if (since) write(since, duration((phone.clock.now() - Number(/** @type {HTMLElement} */ (since).dataset.since)) / 1000, phone.words));
  for (const task of tasksOf(phone)) {
    const { record } = task;
    const due = tab.querySelector(`[data-due="${record.id}"]`);
    const clock = nextClock(record);
    if (due && clock) {
      const now = phone.clock.now();
      const { left_s, text } = remaining(clock, now, phone.words);
      due.className = `clock ${colourAt(clock, now)}`;
      const time = phone.t(left_s < 0 ? "time.late" : "time.left", { time: text.replace("-", "") });
      write(due, phone.t("field.due", { clock: phone.t(`clock.${clock.target}`), time }));
    }
    write(tab.querySelector(`[data-far="${record.id}"]`), far(record, phone));
  }
}

/** @param {any} record @param {Phone} phone */
function far(record, phone) {
  const me = phone.position.last;
  if (!me) return phone.t("field.no_fix");
  const metres = distance_m(me, record);
  if (metres < HERE_M) return phone.t("field.here");
  const where = phone.t(`field.direction.${direction(bearing_deg(me, record))}`);
  return phone.t("field.distance", { direction: where, distance: length(metres, phone.t) });
}
