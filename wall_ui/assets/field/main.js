// The grid officer's phone: puts the parts together, keeps them in step, and works on without a network.
import { Api, ApiError, newKey } from "../core/api.js";
import { AreaNames } from "../core/areas.js";
import { ServerClock } from "../core/clock.js";
import { write } from "../core/dom.js";
import { sendFile, sizeInWords } from "../core/files.js";
import { bringFontsWhereMissing } from "../core/hanzi.js";
import { openSession, toLogin } from "../core/session.js";
import { Socket } from "../core/socket.js";
import { Store } from "../core/store.js";
import { Toasts } from "../core/toast.js";
import { Words } from "../core/words.js";
import { Alert } from "./alert.js";
import { distance_m } from "./compass.js";
import { drawMe, drawPhones } from "./me.js";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Photos } from "./photos.js";
import { PositionSender } from "./position.js";
import { drawReport } from "./report.js";
import { Shelf } from "./shelf.js";
import { assignmentOf } from "./steps.js";
import { drawTasks, tasksOf, tick } from "./tasks.js";

const ASK_AGAIN_MS = 30_000;
const SOON_MS = 250;
const WAITED_MS = 4000;
const NEAR_M = 1200;
const FAR_M = 6000;

const place = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-place="${name}"]`));
const tab = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.querySelector(`[data-tab="${name}"]`));

export class Phone {
  constructor() {
    this.words = new Words();
    this.t = this.words.t.bind(this.words);
    this.api = new Api();
    this.clock = new ServerClock();
    this.store = new Store();
    this.toast = new Toasts(this.words);
    this.memory = new Memory(localStorage);
    // Where others are is not shown here, and not asked for.
    this.socket = new Socket({ store: this.store, positions: /** @type {any} */ ({ read: () => [] }), clock: this.clock });
    this.socket.topics = ["cases", "units"];
    this.socket.desk = true;
    this.state = { unit: /** @type {any} */ (null), tasks: /** @type {any[]} */ ([]), around: /** @type {Record<string, any>} */ ({}), directory: { on_duty: /** @type {any} */ (null), desks: /** @type {any[]} */ ([]) } };
    this.alert = new Alert(() => this.memory.recall("sound", true));
    this.position = new PositionSender({ api: this.api, unit: () => this.state.unit?.id ?? null, now: () => this.clock.now() });
    this.shown = "tasks";
    // All are set at the start, before anything is drawn.
    /** @type {Outbox} */
    this.outbox = /** @type {any} */ (null);
    /** @type {Photos} */
    this.photos = /** @type {any} */ (null);
    this.areas = new AreaNames({}, this.words);
  }

  async start() {
    await this.words.load();
    this.session = await this.memory.through("session", () => openSession(this.api));
    const { actor } = this.session;
    this.outbox = new Outbox({ storage: localStorage, owner: actor.account_id, send: (entry) => this.send(entry) });
    this.photos = new Photos({ shelf: new Shelf(indexedDB), owner: actor.account_id, send: (photo, file) => this.sendPhoto(photo, file) });
    if (!actor.unit_id) return this.turnAway();
    this.areas = new AreaNames(this.memory.recall("names", {}), this.words, this.memory.recall("names.en", {}));
    this.recall();
    this.listen();
    drawReport(tab("report"), this);
    this.draw();
    await this.photos.look();
    await Promise.allSettled([this.refresh(), this.learn()]);
    this.socket.open();
    void this.flush();
    if (this.memory.recall("position", true) && this.state.unit?.on_duty) this.position.turn(true);
    document.documentElement.dataset.drawn = "true";
    keepForOffline();
  }

  /** Shows at once what was known when the page was last open. */
  recall() {
    const { unit = null, tasks = [] } = this.memory.recall("tasks", {});
    this.state.unit = unit;
    this.state.tasks = tasks;
    this.state.directory = this.memory.recall("directory", this.state.directory);
    this.state.around = this.memory.recall("around", {});
  }

  listen() {
    this.outbox.addEventListener("change", () => this.draw());
    this.outbox.addEventListener("sent", (event) => this.onSent(/** @type {CustomEvent} */ (event).detail));
    this.outbox.addEventListener("refused", (event) => this.onRefused(/** @type {CustomEvent} */ (event).detail));
    this.photos.addEventListener("change", () => this.draw());
    this.photos.addEventListener("sent", (event) => this.toast.show(this.t("files.sent", { name: /** @type {CustomEvent} */ (event).detail.number }), "good"));
    this.photos.addEventListener("refused", (event) => this.onPhotoRefused(/** @type {CustomEvent} */ (event).detail));
    this.position.addEventListener("change", () => this.draw());
    this.words.addEventListener("change", () => {
      drawReport(tab("report"), this);
      this.draw();
      void this.learn();
    });
    this.store.subscribe((changes) => {
      if (this.concerns(changes)) this.soon();
      this.draw();
    });
    this.socket.addEventListener("state", () => {
      if (this.socket.state === "live") void this.flush();
      this.draw();
    });
    addEventListener("online", () => void this.flush());
    addEventListener("offline", () => this.draw());
    addEventListener("storage", () => this.draw());
    document.addEventListener("visibilitychange", () => !document.hidden && this.soon());
    for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => this.go(/** @type {HTMLElement} */ (button).dataset.go ?? ""));
    place("duty").addEventListener("click", () => void this.turnDuty());
    place("notice").addEventListener("click", () => this.go("me"));
    setInterval(() => this.tick(), 1000);
    setInterval(() => {
      if (this.unsent) void this.flush();
      if (this.socket.state !== "live") this.soon();
    }, ASK_AGAIN_MS);
  }

  /** Whether a change in the store may be about my tasks. @param {import("../core/store.js").Changes} changes */
  concerns(changes) {
    const unit_id = this.state.unit?.id ?? "";
    if (changes.all || changes.units.has(unit_id)) return true;
    const mine = new Set(this.state.tasks.map((task) => task.case.id));
    return [...changes.cases].some((id) => mine.has(id) || assignmentOf(this.store.cases.get(id), unit_id));
  }

  soon() {
    clearTimeout(this.soonTimer);
    this.soonTimer = setTimeout(() => this.refresh().catch(() => {}), SOON_MS);
  }

  async refresh() {
    const answer = await this.api.get("/api/tasks");
    const before = new Set(this.memory.recall("seen", []));
    this.state.unit = answer.unit;
    this.state.tasks = answer.tasks;
    this.memory.keep("tasks", answer);
    this.welcome(before);
    this.draw();
    if (this.state.tasks.some((task) => !this.state.around[task.case.id])) void this.lookAround();
  }

  /** Rings for tasks that were not here before. @param {Set<string>} before ids of assignments */
  welcome(before) {
    const mine = this.state.tasks.map((task) => ({ task, assignment: assignmentOf(task.case, this.state.unit.id) })).filter((one) => one.assignment);
    const fresh = mine.filter(({ assignment }) => !before.has(assignment.id) && assignment.state === "dispatched");
    this.memory.keep("seen", mine.map(({ assignment }) => assignment.id));
    if (fresh.length === 0) return;
    this.alert.ring();
    this.go("tasks");
    this.toast.show(this.t("field.new_task", { what: this.t(`category.${fresh[0].task.case.category}`) }), "warn");
  }

  /** Learns what changes rarely: names, telephones, the surroundings. */
  async learn() {
    const names = await this.memory.through("names", () => this.api.get("/api/areas/names")).catch(() => ({}));
    // A phone that nobody reads English on need not fetch as much again.
    const english = this.words.lang === "en" ? await this.memory.through("names.en", () => this.api.get("/api/areas/names?language=en")).catch(() => ({})) : {};
    this.areas = new AreaNames(names, this.words, english);
    this.state.directory = await this.memory.through("directory", () => this.api.get("/api/directory")).catch(() => this.state.directory);
    this.draw();
    await this.lookAround();
  }

  /** Fetches the drawing's lines for home and for every task, and forgets those of tasks gone by. */
  async lookAround() {
    const wanted = new Map([["home", "/field/home"]]);
    for (const { case: record } of this.state.tasks) {
      const me = this.position.last;
      const radius_m = Math.round(Math.min(FAR_M, Math.max(NEAR_M, me ? distance_m(me, record) * 1.3 : NEAR_M)));
      wanted.set(record.id, `/field/surroundings?lon=${record.lon}&lat=${record.lat}&radius_m=${radius_m}`);
    }
    const known = this.state.around;
    this.state.around = Object.fromEntries([...wanted.keys()].map((key) => [key, known[key]]));
    for (const [key, path] of wanted) {
      if (!known[key]) this.state.around[key] = (await this.api.get(path).catch(() => null)) ?? undefined;
    }
    this.memory.keep("around", this.state.around);
    this.draw();
  }

  /** What to draw around a task, or around home. @param {any} record */
  around(record) {
    return this.state.around[record?.id ?? "home"] ?? {};
  }

  /** @param {import("./outbox.js").Entry} entry */
  async send(entry) {
    try {
      return await this.withToken(() => this.api.post(entry.path, entry.body, { key: entry.key }));
    } catch (error) {
      // A clock that was wrong must not cost the move: then the server's own moment stands.
      if (error instanceof ApiError && error.code === "bad_done_at") return await this.api.post(entry.path, { ...entry.body, done_at: null }, { key: entry.key });
      throw error;
    }
  }

  /** @param {import("./photos.js").Photo} photo @param {File} file */
  sendPhoto(photo, file) {
    return this.withToken(() => sendFile(this.api, photo.case_id, file));
  }

  /** After a start without a network, or a new log-in elsewhere, the token is to be fetched first. @template T @param {() => Promise<T>} call */
  async withToken(call) {
    if (!this.api.csrf) this.session = await openSession(this.api);
    try {
      return await call();
    } catch (error) {
      if (error instanceof ApiError && error.code === "forged") this.api.csrf = "";
      throw error;
    }
  }

  /** How much waits to be sent: moves, reports and photos. */
  get unsent() {
    return this.outbox.waiting.length + this.photos.waiting.length;
  }

  /** Makes a move of one's own unit: kept first, then sent. @param {any} record @param {string} move @param {object} [fields] */
  move(record, move, fields = {}) {
    // No version is named: a unit's move is right whatever the desk has changed meanwhile, and must not get lost over it.
    // Without a line it is told later: the moment at which it was done goes along, by the server's clock.
    const done = move === "depart" || move === "arrive" ? { done_at: new Date(this.clock.now()).toISOString() } : {};
    const body = { move, ...done, ...(move === "resolve" ? {} : { unit: this.state.unit.id }), ...fields };
    this.order({ kind: "move", path: `/api/cases/${record.id}/moves`, body, case_id: record.id });
  }

  /** @param {any} body */
  report(body) {
    this.order({ kind: "report", path: "/api/cases", body });
  }

  /** @param {{kind: "move"|"report", path: string, body: any, case_id?: string}} order */
  order(order) {
    const entry = this.outbox.add(order);
    navigator.vibrate?.(30);
    void this.flush().then((sent) => {
      if (!sent) this.toast.show(this.t("field.kept", { what: this.nameOf(entry) }), "note");
    });
  }

  /** Sends what waits: moves first, for they are small and somebody counts on them. @returns {Promise<boolean>} whether all moves went */
  async flush() {
    const all = await this.outbox.flush();
    if (all) void this.photos.flush();
    return all;
  }

  /** @param {{entry: import("./outbox.js").Entry, answer: any}} sent */
  onSent({ entry, answer }) {
    if (answer?.case) this.store.put(answer.case);
    const what = this.nameOf(entry);
    // The step on the screen tells of a move that went at once; of one that had to wait the person was told so.
    const waited = Date.now() - Date.parse(entry.at) > WAITED_MS;
    if (entry.kind === "report") this.toast.show(this.t("field.report_sent", { number: answer.case.number }), "good");
    else if (waited) this.toast.show(this.t("field.sent", { what }), "good");
    this.soon();
  }

  /** @param {{entry: import("./outbox.js").Entry, error: any}} refused */
  onRefused({ entry, error }) {
    this.toast.show(this.t("field.refused", { what: this.nameOf(entry), why: this.whyOf(error) }), "bad");
    this.soon();
  }

  /** @param {import("./photos.js").Photo} photo */
  onPhotoRefused(photo) {
    this.toast.show(this.t("field.refused", { what: this.t("field.photo_of", { number: photo.number }), why: this.whyOf(/** @type {any} */ (photo.refused)) }), "bad");
  }

  /** @param {import("./outbox.js").Entry} entry */
  nameOf(entry) {
    return entry.kind === "report" ? this.t("field.report") : this.t(`move.${entry.body.move}`);
  }

  /** @param {{code: string, detail: string}} problem */
  whyOf({ code, detail }) {
    const key = `error.${code}`;
    return this.words.has(key) ? this.t(key) : detail;
  }

  async turnDuty() {
    const on_duty = !this.state.unit?.on_duty;
    try {
      const { unit } = await this.api.post(`/api/units/${this.state.unit.id}/duty`, { on_duty }, { key: newKey() });
      this.state.unit = unit;
      this.position.turn(on_duty && this.memory.recall("position", true));
    } catch (error) {
      this.toast.fail(error);
    }
    this.draw();
  }

  /** In the demonstration: lets somebody in the own area ring up. Who is sent is the desk's to decide. */
  async giveTask() {
    try {
      const { case: record } = await this.api.post("/api/demo/case", undefined, { key: newKey() });
      this.memory.keep("given", { record, at: this.clock.now() });
    } catch (error) {
      this.toast.fail(error);
    }
    this.draw();
  }

  /** @param {boolean} on */
  turnPosition(on) {
    this.memory.keep("position", on);
    this.position.turn(on);
  }

  async leave() {
    const n = this.unsent;
    if (n && !confirm(this.t("field.unsent_leave", { n }))) return;
    this.memory.forget();
    await this.api.delete("/api/session").catch(() => {});
    toLogin();
  }

  /** @param {string} name */
  go(name) {
    this.shown = name;
    for (const section of document.querySelectorAll("[data-tab]")) /** @type {HTMLElement} */ (section).hidden = /** @type {HTMLElement} */ (section).dataset.tab !== name;
    for (const button of document.querySelectorAll("[data-go]")) {
      if (/** @type {HTMLElement} */ (button).dataset.go === name) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    tab(name).dispatchEvent(new Event("shown"));
    scrollTo(0, 0);
    this.draw();
  }

  /** Draws on the next frame, however many asked for it. */
  draw() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.drawNow();
    });
  }

  drawNow() {
    const { actor } = this.session;
    write(place("name"), this.words.lang === "en" ? actor.name_en : actor.name);
    write(place("desk"), this.words.lang === "en" ? this.areas.at(actor.area, "village") || this.areas.place(actor.area) : actor.area_name || actor.desk_name);
    place("demonstration").classList.toggle("hidden", !this.session.demonstration);
    this.drawLink();
    const duty = place("duty");
    const on = Boolean(this.state.unit?.on_duty);
    duty.setAttribute("aria-checked", String(on));
    write(duty, this.t(on ? "field.on_duty" : "field.off_duty"));
    drawTasks(tab("tasks"), place("thumb"), this);
    place("thumb").classList.toggle("hidden", this.shown !== "tasks" || tasksOf(this).length === 0);
    if (this.shown === "phones") drawPhones(tab("phones"), this);
    if (this.shown === "me") drawMe(tab("me"), this);
    this.drawNotice();
    this.count("tasks", tasksOf(this).length);
    this.count("me", this.unsent + this.outbox.refused.length + this.photos.refused.length);
    document.title = `${tasksOf(this).length ? `(${tasksOf(this).length}) ` : ""}${this.t("page.field")}`;
  }

  drawLink() {
    const state = !navigator.onLine ? "stale" : this.socket.state === "connecting" ? "reconnecting" : this.socket.state;
    place("link").dataset.state = state;
    write(place("link"), this.t(`link.${state}`));
  }

  drawNotice() {
    const notice = place("notice");
    const { unsent, photos } = this;
    const refused = this.outbox.refused.length + photos.refused.length;
    const off = !navigator.onLine || this.socket.state === "stale";
    const sent = photos.waiting.length ? this.t("field.waiting_photos", { n: unsent, size: sizeInWords(photos.size) }) : this.t("field.waiting", { n: unsent });
    const parts = [off ? this.t("field.offline") : "", unsent ? sent : "", refused ? this.t("field.refused_count", { n: refused }) : ""];
    notice.classList.toggle("hidden", !parts.some(Boolean));
    notice.classList.toggle("bad", refused > 0);
    write(notice, parts.filter(Boolean).join(" · "));
  }

  /** @param {string} name @param {number} n */
  count(name, n) {
    const badge = document.querySelector(`[data-count="${name}"]`);
    badge?.classList.toggle("hidden", n === 0);
    write(badge, n);
  }

  tick() {
    if (this.shown === "tasks") tick(tab("tasks"), this);
    if (this.shown === "me" && this.position.on) drawMe(tab("me"), this);
  }

  turnAway() {
    const why = document.createElement("div");
    why.className = "card calm";
    const [title, text, home] = [document.createElement("b"), document.createElement("p"), document.createElement("a")];
    write(title, this.t("field.no_unit"));
    write(text, this.t("field.no_unit_why"));
    write(home, this.t("app.home"));
    home.href = "/";
    home.className = "do";
    why.append(title, text, home);
    tab("tasks").replaceChildren(why);
    place("duty").hidden = true;
    /** @type {HTMLElement} */ (document.querySelector(".tabs")).hidden = true;
    document.documentElement.dataset.drawn = "true";
  }
}

/** Lets the worker keep what this page is made of. */
async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/field/worker.js", { scope: "/field" });
    const { active } = await navigator.serviceWorker.ready;
    const urls = performance.getEntriesByType("resource").map((entry) => entry.name).filter((url) => new URL(url).pathname.startsWith("/assets/"));
    active?.postMessage({ type: "keep", urls: ["/field", ...new Set(urls)] });
  } catch (error) {
    console.warn(error);
  }
}

bringFontsWhereMissing();
await new Phone().start();
