// Which seats a form may offer: worked out of what the server says of one area and of those above it. Pure.

/** @typedef {{role: string, password: boolean, levels: string[], desks: string[]}} RoleChoice */
/** @typedef {{id: string, name: string, kind: string, desk: string, crew: string[]}} UnitChoice */
/** @typedef {{area: string, level: string, roles: RoleChoice[], desks: {id: string, name: string}[], units: UnitChoice[], below: {code: string, name: string}[], passwords: {shortest: number, longest: number}}} Seats */

const LEVELS = ["county", "township", "village", "grid"];
// Who moves through the field, alone or with a team, and so may be a unit.
const IN_FIELD = new Set(["grid_officer", "mediator", "department", "device"]);
// Who is known by the log-in as a program, and by a link as a screen, has forms of his own.
const NOT_A_PROGRAM = new Set(["kiosk"]);

/** The levels of a role that lie below a level. @param {RoleChoice} choice @param {string} level */
const below = (choice, level) => choice.levels.filter((one) => LEVELS.indexOf(one) > LEVELS.indexOf(level));

/** Whether a role sits in this very area. @param {Seats} seats @param {string} role */
export const sitsHere = (seats, role) => (seats.roles.find((one) => one.role === role)?.desks.length ?? 0) > 0;

/** Whether a role may sit in an area below this one. @param {Seats} seats @param {string} role */
export function sitsBelow(seats, role) {
  const choice = seats.roles.find((one) => one.role === role);
  return choice !== undefined && seats.below.length > 0 && below(choice, seats.level).length > 0;
}

/**
 * The roles of a form, each with the word that says why it cannot be given in this area, "" where it can.
 * @param {Seats} seats of the administrator's own area @param {"account"|"token"} kind
 * @returns {{role: string, why: string, levels: string[]}[]}
 */
export function rolesFor(seats, kind) {
  const wanted = seats.roles.filter((one) => (kind === "account" ? one.password : !NOT_A_PROGRAM.has(one.role)));
  return wanted.map(({ role, levels }) => {
    const possible = sitsHere(seats, role) || sitsBelow(seats, role);
    const above = levels.every((level) => LEVELS.indexOf(level) < LEVELS.indexOf(seats.level));
    return { role, levels, why: possible ? "" : above ? "admin.seat_above" : "admin.seat_none" };
  });
}

/** The units that somebody of a role may be at a desk. @param {Seats} seats @param {string} role @param {string} desk */
export function unitsFor(seats, role, desk) {
  return IN_FIELD.has(role) ? seats.units.filter((unit) => unit.desk === desk) : [];
}
