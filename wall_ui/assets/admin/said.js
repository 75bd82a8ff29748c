// How the lists of the administration say where somebody sits.

/** @typedef {import("../core/app.js").App} App */

/** The department he sits with, else the area he works for. @param {App} app @param {{area: string, desk: string}} seat */
export function placeOf(app, { area, desk }) {
  if (desk.includes("/")) return [area.length > 6 ? app.areas.whole(area) : "", app.areas.name(desk)].filter(Boolean).join(" · ");
  return area.length > 6 ? app.areas.whole(area) : app.areas.name(area);
}
