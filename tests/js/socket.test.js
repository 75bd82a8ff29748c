import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ServerClock } from "../../wall_ui/assets/core/clock.js";
import { Positions } from "../../wall_ui/assets/core/positions.js";
import { Socket, retryAfter } from "../../wall_ui/assets/core/socket.js";
import { Store } from "../../wall_ui/assets/core/store.js";

/** A wire that the test holds by both ends. */
class Wire {
  constructor() {
    this.sent = [];
    this.readyState = 0;
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  hear(message) {
    this.onmessage({ data: message instanceof ArrayBuffer ? message : JSON.stringify(message) });
  }
}

function connected() {
  const wires = [];
  const store = new Store();
  const clock = new ServerClock(() => 0);
  const positions = new Positions(clock);
  const make = () => {
    const wire = new Wire();
    wires.push(wire);
    return wire;
  };
  const socket = new Socket({ store, positions, clock, url: "ws://test", make });
  socket.open();
  wires[0].open();
  return { socket, store, positions, wires };
}

const snapshot = { type: "snapshot", seq: 5, at: "2026-11-24T02:00:00Z", cases: [{ id: "a", version: 1 }], units: [] };
const event = (seq, prev, version) => ({ type: "event", seq, prev, at: "2026-11-24T02:00:01Z", kind: "case.edit", op: "change", case: { id: "a", version }, units: [] });

test.beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] }));
test.afterEach(() => mock.timers.reset());

test("it says hello without a past, and is live with the snapshot", () => {
  const { socket, store, wires } = connected();
  const { type, since, topics } = wires[0].sent[0];
  assert.deepEqual({ type, since, topics }, { type: "hello", since: null, topics: ["cases", "units", "positions"] });
  assert.equal(socket.state, "connecting");
  wires[0].hear(snapshot);
  assert.equal(socket.state, "live");
  assert.equal(store.seq, 5);
  socket.close();
});

test("events apply in order, and one that is here already changes nothing", () => {
  const { socket, store, wires } = connected();
  wires[0].hear(snapshot);
  wires[0].hear(event(9, 5, 2));
  wires[0].hear(event(9, 5, 7));
  assert.equal(store.cases.get("a").version, 2);
  assert.equal(store.seq, 9);
  socket.close();
});

test("a gap is never skipped: it reconnects and asks from the last event that it has", () => {
  const { socket, store, wires } = connected();
  wires[0].hear(snapshot);
  wires[0].hear(event(9, 8, 4));
  assert.equal(store.seq, 5);
  assert.equal(socket.state, "reconnecting");
  mock.timers.tick(3000);
  wires[1].open();
  assert.equal(wires[1].sent[0].since, 5);
  wires[1].hear(event(8, 5, 3));
  wires[1].hear(event(9, 8, 4));
  assert.equal(store.cases.get("a").version, 4);
  assert.equal(socket.state, "live");
  socket.close();
});

test("a closed wire is replaced within three seconds, also after many failures", () => {
  const { socket, wires } = connected();
  wires[0].hear(snapshot);
  for (let i = 0; i < 6; i += 1) {
    wires.at(-1).onclose({ code: 1006 });
    mock.timers.tick(3000);
    assert.equal(wires.length, i + 2);
  }
  assert.ok(retryAfter(50, () => 1) <= 3000);
  assert.ok(retryAfter(0, () => 0) >= 100);
  socket.close();
});

test("long silence means a dead wire, and data that stay old are said to be stale", () => {
  const { socket, wires } = connected();
  wires[0].hear(snapshot);
  mock.timers.tick(26_000);
  mock.timers.tick(1_000);
  assert.notEqual(socket.state, "live");
  assert.ok(wires.length > 1);
  mock.timers.tick(20_000);
  assert.equal(socket.state, "stale");
  wires.at(-1).open();
  wires.at(-1).hear({ type: "beat", at: "2026-11-24T02:01:00Z", seq: 5 });
  assert.equal(socket.state, "live");
  socket.close();
});

test("it beats every ten seconds, and says again after a reconnect which case is open", () => {
  const { socket, wires } = connected();
  wires[0].hear(snapshot);
  socket.viewing("a");
  mock.timers.tick(10_000);
  assert.ok(wires[0].sent.some((m) => m.type === "beat"));
  wires[0].onclose({ code: 1006 });
  mock.timers.tick(3000);
  wires[1].open();
  assert.deepEqual(wires[1].sent[1], { type: "viewing", case_id: "a" });
  socket.close();
});

test("presence goes to who listens for it", () => {
  const { socket, wires } = connected();
  const heard = [];
  socket.addEventListener("presence", (e) => heard.push(e.detail.case_id));
  wires[0].hear({ type: "presence", case_id: "a", viewers: [] });
  assert.deepEqual(heard, ["a"]);
  socket.close();
});

test("a session that has ended is not knocked for again: the page is told", () => {
  const { socket, wires } = connected();
  let told = 0;
  socket.addEventListener("refused", () => (told += 1));
  wires[0].hear(snapshot);
  wires[0].onclose({ code: 4401 });
  mock.timers.tick(60_000);
  assert.equal(told, 1);
  assert.equal(wires.length, 1);
  assert.equal(socket.state, "stale");
});

test("a beat that tells of newer layers says which, once, and the first page load is no news", () => {
  const { socket, wires } = connected();
  const changed = [];
  socket.addEventListener("ground", (event) => changed.push(event.detail));
  const beat = (ground) => wires[0].hear({ type: "beat", at: "2026-11-24T02:01:00Z", seq: 5, ground });
  beat({ road: 1 }); // before the page knows what it began with
  socket.ground = { road: 1, camera: 4 };
  beat({ road: 1, camera: 4 });
  assert.deepEqual(changed, []);
  beat({ road: 2, camera: 4, desk: 1 });
  beat({ road: 2, camera: 4, desk: 1 });
  assert.deepEqual(changed, [["road", "desk"]]);
  socket.close();
});
