// The moves of a case as buttons: their order, their keys, and which one is most likely next. What is allowed, and why
// not, the server says; nothing here decides it.

/** @typedef {{move: string, allowed: boolean, why: string|null, by?: string[], starts_from?: string[], fields: {name: string, type?: string, required: boolean, asked?: boolean, required_unless?: string|null, choices?: any[]|null}[]}} MoveView */

/** Moves of one unit; they stand beside the unit, not among the case's. */
export const UNIT_MOVES = ["acknowledge", "depart", "arrive", "clear", "decline", "attach"];

/** From which states of an assignment a unit's move starts. @type {Record<string, string[]>} */
export const UNIT_MOVE_FROM = {
  acknowledge: ["dispatched"],
  depart: ["dispatched", "acknowledged"],
  arrive: ["dispatched", "acknowledged", "enroute"],
  clear: ["dispatched", "acknowledged", "enroute", "on_scene"],
  decline: ["dispatched", "acknowledged"],
};

export const WORKING = new Set(["dispatched", "acknowledged", "enroute", "on_scene"]);

/** Always in this order, so that a hand finds a button without the eye. */
const ORDER = [
  "take", "return", "decide", "approve", "deny", "accept", "dispatch", "start", "resolve", "verify", "resume", "answer", "recall", "raise_alarm", "note",
  "self_close", "finish_help", "reopen", "ask_help", "merge", "unmerge",
  "hand_down", "escalate", "transfer", "withdraw", "take_over", "supervise", "ask_suspend", "ask_extend", "object", "edit", "refuse", "cancel", "call_to_account", "settle_account", "preserve", "release",
];

/** Moves that few cases need: behind a fold, so that the daily ones keep their places. */
const SELDOM = new Set(["raise_alarm", "transfer", "ask_help", "merge", "unmerge", "ask_suspend", "ask_extend", "object", "call_to_account", "settle_account", "preserve"]);

export const GRAVE = new Set(["refuse", "cancel", "return", "take_over", "deny", "merge", "release"]);

/** @type {Record<string, string>} */
export const KEY_OF_MOVE = {
  take: "a", accept: "a", return: "b", dispatch: "d", start: "s", resolve: "r", verify: "v", answer: "i", recall: "c", note: "m",
  hand_down: "h", escalate: "u", withdraw: "z", take_over: "o", supervise: "p", edit: "e", refuse: "f", cancel: "x", approve: "y", decide: "w",
};

/** The marks of icons.svg that moves have. @type {Record<string, string>} */
export const MARK_OF_MOVE = {
  take: "take", accept: "check", approve: "check", deny: "cross", resume: "clock", verify: "check", resolve: "check", escalate: "up", hand_down: "down", take_over: "up", return: "down",
  cancel: "cross", refuse: "cross", decide: "star", finish_help: "check", supervise: "alarm", answer: "alarm", dispatch: "unit-patrol", start: "clock", recall: "unit-grid_officer", preserve: "lock", release: "lock",
};

/** Case moves in their fixed order: the daily ones, the seldom ones, and those not allowed now. @param {MoveView[]} moves */
export function splitMoves(moves) {
  const known = moves.filter((one) => ORDER.includes(one.move));
  known.sort((a, b) => ORDER.indexOf(a.move) - ORDER.indexOf(b.move));
  const open = known.filter((one) => one.allowed);
  return { allowed: open.filter((one) => !SELDOM.has(one.move)), seldom: open.filter((one) => SELDOM.has(one.move)), others: known.filter((one) => !one.allowed) };
}

/**
 * The one move that this desk is waited for, or null: a superior may do much, but is not waited for.
 * @param {any} record @param {string} desk @param {Set<string>} allowed
 */
export function primaryMove(record, desk, allowed) {
  if (record.offer?.to === desk && allowed.has("take")) return "take";
  if (record.status === "resolved" && allowed.has("verify")) return "verify";
  for (const asked of ["decide", "finish_help"]) if (allowed.has(asked)) return asked;
  if (record.holder !== desk) return null;
  /** @type {Record<string, string[]>} */
  const next = { pending: ["accept"], accepted: ["dispatch", "start"], handling: ["resolve"] };
  return (next[record.status] ?? []).find((move) => allowed.has(move)) ?? null;
}

/** The allowed move that a key stands for, or null. @param {string} key @param {Set<string>} allowed */
export function moveOfKey(key, allowed) {
  return ORDER.find((move) => KEY_OF_MOVE[move] === key && allowed.has(move)) ?? null;
}

/** Every move that a key may stand for. @param {string} key */
export function movesOfKey(key) {
  return ORDER.filter((move) => KEY_OF_MOVE[move] === key);
}

/** Moves that a unit at work can make next, the usual one first. @param {string} state @param {Set<string>} allowed */
export function unitMoves(state, allowed) {
  return UNIT_MOVES.filter((move) => UNIT_MOVE_FROM[move]?.includes(state) && allowed.has(move));
}

/** Whether a move needs nothing to be typed or chosen. @param {MoveView} view */
export function isBare(view) {
  return view.fields.every((field) => !field.required) && view.move !== "edit" && view.move !== "escalate";
}
