// The one store of a page: snapshot + events = state. Nothing else on the page keeps cases or units of its own.
//
// A record that is older than the one already here changes nothing, by (version, changed_at): the snapshot, a replay and
// an answer to a move may arrive in any order.

/** @typedef {any} CaseRecord @typedef {any} UnitRecord */
/** @typedef {{cases: Set<string>, units: Set<string>, all: boolean}} Changes */

export const OPEN = new Set(["pending", "accepted", "dispatched", "handling", "resolved", "suspended"]);
const FACTS_KEPT = 60;

/** @param {any} have @param {any} came */
function isNewer(have, came) {
  if (!have) return true;
  if (came.version !== have.version) return came.version > have.version;
  return (came.changed_at ?? "") >= (have.changed_at ?? "");
}

/** @param {any} have @param {any} came */
function isSame(have, came) {
  return have?.version === came.version && JSON.stringify(have) === JSON.stringify(came);
}

const frame = (/** @type {() => void} */ f) => (globalThis.requestAnimationFrame ?? ((g) => setTimeout(g, 0)))(f);

export class Store {
  constructor() {
    /** @type {Map<string, CaseRecord>} */
    this.cases = new Map();
    /** @type {Map<string, UnitRecord>} */
    this.units = new Map();
    /** @type {any[]} newest first: the events as they came */
    this.facts = [];
    this.seq = /** @type {number|null} */ (null);
    /** Whose sight this is, as the server named it: somebody else on this page is given a snapshot, not a replay. */
    this.view = /** @type {string|null} */ (null);
    this.loaded = false;
    /** @type {Set<(changes: Changes, store: Store) => void>} */
    this.listeners = new Set();
    /** @type {Changes|null} */
    this.pending = null;
  }

  /** Calls `listener` at most once per frame with what changed, and once at first. @param {(c: Changes, s: Store) => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
    if (this.loaded) listener({ cases: new Set(this.cases.keys()), units: new Set(this.units.keys()), all: true }, this);
    return () => this.listeners.delete(listener);
  }

  /** Takes the whole state as the server sent it. @param {any} message */
  snapshot(message) {
    this.cases = new Map(message.cases.map((/** @type {any} */ c) => [c.id, c]));
    this.units = new Map(message.units.map((/** @type {any} */ u) => [u.id, u]));
    this.seq = message.seq;
    this.view = message.view ?? null;
    this.loaded = true;
    if (message.facts?.length && this.facts.length === 0) this.facts = message.facts.slice(0, FACTS_KEPT);
    this.#changed([...this.cases.keys()], [...this.units.keys()], true);
  }

  /** Applies one event. @param {any} message */
  apply(message) {
    this.seq = message.seq;
    const cases = message.case || message.case_id ? [message.case?.id ?? message.case_id] : [];
    if (message.op === "leave" && message.case_id) this.cases.delete(message.case_id);
    else if (message.case) this.put(message.case);
    for (const unit of message.units ?? []) this.#putUnit(unit);
    // Units that work elsewhere from now on, where this page does not look.
    for (const id of message.gone ?? []) this.units.delete(id);
    this.facts.unshift(message);
    this.facts.length = Math.min(this.facts.length, FACTS_KEPT);
    this.#changed(cases, [...(message.units ?? []).map((/** @type {any} */ u) => u.id), ...(message.gone ?? [])], false);
  }

  /**
   * Puts a record that an answer brought. An older one than ours is dropped, and the very same changes nothing: a sheet that
   * asks again because its case changed would otherwise ask for ever. @param {CaseRecord} record
   */
  put(record) {
    const have = this.cases.get(record.id);
    if (!isNewer(have, record) || isSame(have, record)) return;
    this.cases.set(record.id, record);
    this.#changed([record.id], [], false);
  }

  /** @param {UnitRecord} unit */
  #putUnit(unit) {
    if (isNewer(this.units.get(unit.id), unit)) this.units.set(unit.id, unit);
  }

  /** @param {string[]} cases @param {string[]} units @param {boolean} all */
  #changed(cases, units, all) {
    if (!this.pending) {
      this.pending = { cases: new Set(), units: new Set(), all: false };
      frame(() => this.flush());
    }
    for (const id of cases) this.pending.cases.add(id);
    for (const id of units) this.pending.units.add(id);
    this.pending.all ||= all;
  }

  /** Tells the listeners now. A listener that fails must not silence the others. */
  flush() {
    const changes = this.pending;
    if (!changes) return;
    this.pending = null;
    for (const listener of this.listeners) {
      try {
        listener(changes, this);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
