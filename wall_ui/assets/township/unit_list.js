// The units of the area: who is out, who waits, and the switch of duty.
import { el, mark, syncRows, write } from "../core/dom.js";
import { unitName } from "../core/units.js";
import { fixAge, phoneButton } from "../console/sheet_units.js";

export class UnitList {
  /** @param {import("../core/app.js").App} app @param {HTMLElement} host @param {(id: string) => void} pick */
  constructor(app, host, pick) {
    this.app = app;
    this.pick = pick;
    this.list = el("ul", { class: "rows unit-rows" });
    this.nothing = el("div", { class: "queue-none muted" });
    host.append(this.list, this.nothing);
  }

  /** @param {any[]} units */
  show(units) {
    syncRows(this.list, units, (unit) => unit.id, (unit) => this.#make(unit), (row, unit) => this.#update(row, unit));
    this.nothing.classList.toggle("hidden", units.length > 0);
    write(this.nothing, this.app.t("township.none_units"));
  }

  /** @param {any} unit */
  #make(unit) {
    const duty = el("button", { class: "duty-switch", role: "switch" }, el("i", {}), el("span", {}));
    duty.addEventListener("click", (event) => {
      event.stopPropagation();
      void this.#switch(unit.id);
    });
    return el("li", { class: "row pick unit-item", onclick: () => this.pick(unit.id) }, el("span", { class: "sign" }),
      el("div", { class: "grow" }, el("b", { class: "name" }), el("div", { class: "muted state" })), phoneButton(this.app, unit.id), duty);
  }

  /** @param {HTMLElement} row @param {any} unit */
  #update(row, unit) {
    const { app } = this;
    const state = unit.on_duty ? unit.state : "off_duty";
    write(row.querySelector(".name"), unitName(app, unit));
    if (row.dataset.state !== state) {
      row.dataset.state = state;
      row.querySelector(".sign")?.replaceChildren(mark(`unit-${unit.kind}`, `unit-${state}`));
    }
    const doing = unit.case_id ? app.store.cases.get(unit.case_id) : null;
    write(row.querySelector(".state"), [app.t(`unit_state.${state}`), doing ? app.t(`category.${doing.category}`) : app.areas.place(unit.area_code, true), unit.on_duty ? fixAge(app, unit) : ""].filter(Boolean).join(" · "));
    const duty = /** @type {HTMLButtonElement} */ (row.querySelector(".duty-switch"));
    duty.setAttribute("aria-checked", String(unit.on_duty));
    duty.disabled = unit.on_duty && unit.state !== "available";
    duty.title = duty.disabled ? app.t("township.busy_unit") : "";
    write(duty.querySelector("span"), app.t(unit.on_duty ? "township.on_duty" : "township.off_duty"));
  }

  /** @param {string} id */
  async #switch(id) {
    const { app } = this;
    const unit = app.store.units.get(id);
    try {
      await app.api.post(`/api/units/${encodeURIComponent(id)}/duty`, { on_duty: !unit.on_duty });
    } catch (error) {
      app.toast.fail(error);
    }
  }
}
