// One click, one sentence, done: the dialog by which a leader orders attention to a case.
import { newKey } from "../core/api.js";
import { el, write } from "../core/dom.js";

const PHRASES = [1, 2, 3, 4];

/** @param {import("../core/app.js").App} app @param {any} record */
export function openSupervise(app, record) {
  const { t } = app;
  const desk = app.areas.name(record.holder);
  const key = newKey();
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: "dialog supervise" }));
  const words = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "4", maxlength: "1000", "aria-label": t("leader.supervise_text") }));
  const wrong = el("p", { class: "wrong", role: "alert" });
  const send = /** @type {HTMLButtonElement} */ (el("button", { type: "submit", class: "button primary" }, t("leader.supervise")));
  const shut = () => dialog.close();
  const phrases = PHRASES.map((n) =>
    el("button", { type: "button", class: "chip", onclick: () => {
      words.value = [words.value.trim(), t(`leader.phrase.${n}`)].filter(Boolean).join(app.words.lang === "zh" ? "；" : "; ");
      words.focus();
    } }, t(`leader.phrase.${n}`)),
  );
  const where = `${app.areas.place(record.area_code, true)} · ${record.number} · ${t(`status.${record.status}`)}`;
  const form = el(
    "form",
    {},
    el("div", { class: "dialog-head" }, t("leader.supervise_title", { what: t(`category.${record.category}`) })),
    el("div", { class: "dialog-body" }, el("div", {}, where), el("div", { class: "muted" }, t("leader.supervise_why", { desk })), el("div", { class: "chips" }, ...phrases), el("div", { class: "field" }, words, wrong)),
    el("div", { class: "dialog-foot" }, el("button", { type: "button", class: "button", onclick: shut }, t("app.cancel")), send),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) {
      words.focus();
      return write(wrong, t("leader.supervise_empty"));
    }
    send.disabled = true;
    try {
      // No version is named: an order to look at a case stands whatever was done to it meanwhile.
      const answer = await app.api.post(`/api/cases/${record.id}/moves`, { move: "supervise", text }, { key });
      app.store.put(answer.case);
      app.toast.show(t("leader.supervise_done", { desk }), "good");
      shut();
    } catch (error) {
      write(wrong, /** @type {any} */ (error).say?.(app.words) ?? String(error));
      send.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  words.focus();
}
