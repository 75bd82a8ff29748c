// The files of a case on its sheet: photos in small, recordings to listen to, documents to fetch; added by button, drop or paste.
import { el, mark } from "../core/dom.js";
import { ACCEPTED, filesOf, sendFile, sizeInWords } from "../core/files.js";
import { hourMinute } from "../core/civil.js";
import { section } from "./sheet_story.js";

/** @typedef {import("../core/app.js").App} App */

/** @param {App} app @param {string} id @param {any} file */
function fileView(app, id, file) {
  const at = `/api/cases/${id}/attachments/${file.id}`;
  const about = `${file.name} · ${sizeInWords(file.size)} · ${app.latin.person(file.actor_name)} ${hourMinute(file.at)}`;
  const far = file.place ? el("span", { class: "muted digits" }, app.t("files.taken_at", { lon: file.place[0].toFixed(5), lat: file.place[1].toFixed(5) })) : null;
  if (file.kind === "photo") return el("figure", { class: "file photo" }, el("a", { href: at, target: "_blank", rel: "noopener", title: about }, el("img", { src: `${at}/small`, alt: file.name, loading: "lazy" })), el("figcaption", { class: "muted" }, hourMinute(file.at), far));
  if (file.kind === "audio") return el("div", { class: "file" }, el("audio", { src: at, controls: true, preload: "none" }), el("small", { class: "muted" }, about));
  return el("div", { class: "file" }, el("a", { href: at, download: file.name }, file.name), el("small", { class: "muted" }, about));
}

/** Sends files one after the other, and says of each that failed why. @param {App} app @param {string} id @param {File[]} files @param {() => void} done */
export async function sendFiles(app, id, files, done) {
  for (const file of files) {
    try {
      await sendFile(app.api, id, file);
      app.toast.show(app.t("files.sent", { name: file.name }), "good");
    } catch (error) {
      app.toast.fail(error);
    }
  }
  done();
}

/** @param {App} app @param {any} detail what GET /api/cases/{id} answered @param {boolean} may @param {() => void} changed */
export function buildFiles(app, detail, may, changed) {
  const files = detail.attachments ?? [];
  const id = detail.case.id;
  if (!files.length && !may) return null;
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: ACCEPTED, multiple: true, class: "hidden" }));
  const send = (/** @type {File[]} */ chosen) => chosen.length && void sendFiles(app, id, chosen, changed);
  input.addEventListener("change", () => send([...(input.files ?? [])]));
  const button = may ? el("button", { class: "button small add-file", onclick: () => input.click() }, mark("plus"), el("span", {}, app.t("files.add"))) : null;
  const part = section(app, "files.title", el("div", { class: "files" }, ...files.map((/** @type {any} */ file) => fileView(app, id, file))), may ? input : null, button);
  if (may) {
    part.addEventListener("dragover", (event) => event.preventDefault());
    part.addEventListener("drop", (event) => {
      event.preventDefault();
      send(filesOf(event.dataTransfer));
    });
  }
  return part;
}
