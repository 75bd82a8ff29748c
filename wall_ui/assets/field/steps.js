// What a unit can do next on its own assignment. The server's tables decide; this only lays out the buttons.

/** @typedef {{move: string, path: string, at: string}} Waiting a move that was tapped and not yet accepted */

export const STEPS = ["dispatched", "acknowledged", "enroute", "on_scene", "done"];
const OPEN = new Set(["dispatched", "acknowledged", "enroute", "on_scene"]);

/** @type {Record<string, {main: string, others: string[]}>} */
const NEXT = {
  dispatched: { main: "acknowledge", others: ["decline", "depart"] },
  acknowledged: { main: "depart", others: ["decline", "arrive"] },
  enroute: { main: "arrive", others: ["clear"] },
  on_scene: { main: "resolve", others: ["clear"] },
};

/** @type {Record<string, string>} */
const AFTER = {
  acknowledge: "acknowledged",
  decline: "declined",
  depart: "enroute",
  arrive: "on_scene",
  attach: "on_scene",
  clear: "cleared",
  resolve: "cleared",
};

/** The open assignment of a unit on a case, or null. @param {any} record @param {string} unit_id */
export function assignmentOf(record, unit_id) {
  const mine = (record?.assignments ?? []).filter((/** @type {any} */ one) => one.unit === unit_id && OPEN.has(one.state));
  return mine[mine.length - 1] ?? null;
}

/**
 * Where the assignment stands once what waits to be sent has been accepted.
 * @param {string} state @param {{body: {move?: string}}[]} waiting in the order of the taps
 */
export function stateAfter(state, waiting) {
  return waiting.reduce((reached, entry) => AFTER[entry.body.move ?? ""] ?? reached, state);
}

/** @param {string} state @returns {{main: string, others: string[]}|null} null when nothing is left to do */
export function nextMoves(state) {
  return NEXT[state] ?? null;
}

/** How far along a state is, 0 to 4. @param {string} state */
export function stepOf(state) {
  const step = STEPS.indexOf(state);
  return step < 0 ? STEPS.length - 1 : step;
}

/** When each step was reached: [at or null, …] beside `STEPS`. @param {any} assignment */
export function stepTimes(assignment) {
  return [assignment.dispatched_at, assignment.acknowledged_at, assignment.departed_at, assignment.arrived_at, assignment.cleared_at];
}
