import assert from "node:assert/strict";
import { test } from "node:test";
import { bearing_deg, direction, distance_m, length, navigationLink } from "../../wall_ui/assets/field/compass.js";
import { progressOf } from "../../wall_ui/assets/field/coming.js";
import { Memory } from "../../wall_ui/assets/field/memory.js";
import { Outbox } from "../../wall_ui/assets/field/outbox.js";
import { Photos } from "../../wall_ui/assets/field/photos.js";
import { framing } from "../../wall_ui/assets/field/sketch.js";
import { assignmentOf, nextMoves, stateAfter, stepOf } from "../../wall_ui/assets/field/steps.js";
import { fixOf, isNews, Track } from "../../wall_ui/assets/field/track.js";

class Storage {
  constructor() {
    this.kept = new Map();
    this.full = false;
  }
  get length() {
    return this.kept.size;
  }
  key(i) {
    return [...this.kept.keys()][i] ?? null;
  }
  getItem(name) {
    return this.kept.get(name) ?? null;
  }
  setItem(name, value) {
    if (this.full) throw new Error("QuotaExceededError");
    this.kept.set(name, value);
  }
  removeItem(name) {
    this.kept.delete(name);
  }
}

const refusal = (status, code = "x") => Object.assign(new Error(code), { status, code, detail: "why" });
const order = (move) => ({ kind: "move", path: "/api/cases/1/moves", body: { move }, case_id: "1" });

function outboxOf(storage, answers, owner = "me") {
  const sent = [];
  const send = async (entry) => {
    sent.push(entry);
    const answer = answers.length ? answers.shift() : {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { outbox: new Outbox({ storage, owner, send }), sent };
}

test("what was tapped without a network is sent later, in order, each under the key it had at first", async () => {
  const storage = new Storage();
  const { outbox, sent } = outboxOf(storage, [refusal(0, "network")]);
  const keys = [outbox.add(order("depart")).key, outbox.add(order("arrive")).key];
  assert.equal(await outbox.flush(), false);
  assert.equal(outbox.waiting.length, 2);
  assert.equal(await outbox.flush(), true);
  assert.deepEqual(sent.map((entry) => [entry.body.move, entry.key]), [["depart", keys[0]], ["depart", keys[0]], ["arrive", keys[1]]]);
  assert.equal(outbox.waiting.length, 0);
});

test("what waits outlives the page", async () => {
  const storage = new Storage();
  outboxOf(storage, []).outbox.add(order("arrive"));
  const { outbox, sent } = outboxOf(storage, []);
  assert.equal(await outbox.flush(), true);
  assert.equal(sent[0].body.move, "arrive");
});

test("a refusal is kept to be read and does not hold up what comes after it", async () => {
  const { outbox, sent } = outboxOf(new Storage(), [refusal(409, "unit_not_here")]);
  const { key } = outbox.add(order("arrive"));
  outbox.add(order("clear"));
  assert.equal(await outbox.flush(), true);
  assert.equal(sent.length, 2);
  assert.deepEqual(outbox.refused.map((entry) => [entry.key, entry.refused.code]), [[key, "unit_not_here"]]);
  outbox.dismiss(key);
  assert.equal(outbox.refused.length, 0);
});

for (const [status, code] of [[0, "network"], [401, "not_authenticated"], [403, "forged"], [429, "too_many"], [503, "unavailable"]]) {
  test(`an answer ${status} ${code} loses nothing`, async () => {
    const { outbox } = outboxOf(new Storage(), [refusal(status, code)]);
    outbox.add(order("arrive"));
    assert.equal(await outbox.flush(), false);
    assert.equal(outbox.waiting.length, 1);
    assert.equal(outbox.refused.length, 0);
  });
}

test("one officer's moves are not sent by the next who takes the phone", async () => {
  const storage = new Storage();
  outboxOf(storage, [], "first").outbox.add(order("arrive"));
  const { outbox, sent } = outboxOf(storage, [], "second");
  assert.equal(await outbox.flush(), true);
  assert.equal(sent.length, 0);
  assert.equal(outboxOf(storage, [], "first").outbox.waiting.length, 1);
});

test("two flushes at once send nothing twice", async () => {
  const { outbox, sent } = outboxOf(new Storage(), []);
  outbox.add(order("arrive"));
  await Promise.all([outbox.flush(), outbox.flush()]);
  assert.equal(sent.length, 1);
});

test("a full storage keeps what was tapped in memory", async () => {
  const storage = new Storage();
  storage.full = true;
  const { outbox, sent } = outboxOf(storage, [refusal(0)]);
  outbox.add(order("arrive"));
  await outbox.flush();
  assert.equal(outbox.waiting.length, 1);
  await outbox.flush();
  assert.equal(sent.length, 2);
  assert.equal(outbox.waiting.length, 0);
});

class Shelf {
  constructor() {
    this.kept = new Map();
    this.room = Infinity;
  }
  async all() {
    return [...this.kept.values()].map(({ photo }) => photo);
  }
  async put(photo, bytes) {
    if (photo.size > this.room) throw new DOMException("no room", "QuotaExceededError");
    this.kept.set(photo.key, { photo, bytes });
  }
  async tell(photo) {
    this.kept.get(photo.key).photo = photo;
  }
  async bytes(key) {
    return this.kept.get(key)?.bytes;
  }
  async remove(key) {
    this.kept.delete(key);
  }
}

function photosOn(shelf, answers = [], owner = "me") {
  const sent = [];
  const send = async (photo, file) => {
    sent.push([photo.case_id, await file.text()]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
  };
  return { photos: new Photos({ shelf, owner, send }), sent };
}

const picture = (words) => new File([words], "p.jpg", { type: "image/jpeg" });

test("photos outlive the page, are sent in order, and only by whose they are", async () => {
  const shelf = new Shelf();
  const before = photosOn(shelf, [refusal(0)]).photos;
  await before.add({ id: "1", number: "n1" }, picture("first"));
  await before.add({ id: "1", number: "n1" }, picture("second, larger"));
  assert.equal(await before.flush(), false);
  const other = photosOn(shelf, [], "other").photos;
  await other.look();
  assert.equal(await other.flush(), true);
  const { photos, sent } = photosOn(shelf);
  await photos.look();
  assert.deepEqual([photos.of("1").length, photos.size], [2, 19]);
  await Promise.all([photos.flush(), photos.flush()]);
  assert.deepEqual(sent, [["1", "first"], ["1", "second, larger"]]);
  assert.deepEqual([photos.photos, shelf.kept.size], [[], 0]);
});

test("a photo that is refused is kept to be read and holds up no other; one without room is said not to be kept", async () => {
  const shelf = new Shelf();
  const { photos, sent } = photosOn(shelf, [refusal(409, "case_full")]);
  const { key } = await photos.add({ id: "1", number: "n1" }, picture("a"));
  await photos.add({ id: "2", number: "n2" }, picture("b"));
  assert.equal(await photos.flush(), true);
  assert.equal(sent.length, 2);
  assert.deepEqual(photos.refused.map((one) => [one.key, one.refused.code]), [[key, "case_full"]]);
  assert.deepEqual((await shelf.all())[0].refused.code, "case_full");
  await photos.drop(key);
  shelf.room = 3;
  await assert.rejects(photos.add({ id: "1", number: "n1" }, picture("much too large")), { name: "QuotaExceededError" });
  assert.deepEqual([photos.photos, shelf.kept.size], [[], 0]);
});

test("who asked for a case is told how far it is, until somebody is sent or it is over", () => {
  const record = { status: "pending", holder: "620821101200", offer: null, assignments: [] };
  assert.deepEqual(progressOf(record), { word: "pending", holder: "620821101200", settled: false });
  assert.deepEqual(progressOf({ ...record, offer: { to: "620821101" } }), { word: "offered", holder: "620821101", settled: false });
  assert.equal(progressOf({ ...record, status: "accepted" }).word, "accepted");
  const sent = { ...record, status: "dispatched", assignments: [{ state: "declined", unit_name: "a" }, { state: "enroute", unit_name: "b" }] };
  assert.deepEqual(progressOf(sent), { word: "sent", unit: "b", settled: true });
  assert.equal(progressOf({ ...sent, status: "closed" }).settled, true);
});

test("each state of an assignment has one next step, and the last is the result", () => {
  const walk = ["dispatched"];
  for (let next = nextMoves("dispatched"); next; next = nextMoves(walk.at(-1))) walk.push(stateAfter(walk.at(-1), [{ body: { move: next.main } }]));
  assert.deepEqual(walk, ["dispatched", "acknowledged", "enroute", "on_scene", "cleared"]);
  assert.deepEqual(walk.map(stepOf), [0, 1, 2, 3, 4]);
});

test("what waits to be sent counts as done on the screen", () => {
  assert.equal(stateAfter("acknowledged", [{ body: { move: "depart" } }, { body: { move: "arrive" } }]), "on_scene");
  assert.equal(stateAfter("enroute", []), "enroute");
  assert.equal(nextMoves(stateAfter("on_scene", [{ body: { move: "resolve" } }])), null);
});

test("of several assignments the unit's own newest open one counts", () => {
  const one = (id, unit, state) => ({ id, unit, state });
  const record = { assignments: [one("a", "me", "declined"), one("b", "me", "enroute"), one("c", "other", "on_scene")] };
  assert.equal(assignmentOf(record, "me").id, "b");
  assert.equal(assignmentOf(record, "nobody"), null);
});

test("distance and direction as one tells somebody on foot", () => {
  const here = { lon: 107.35, lat: 35.33 };
  assert.ok(Math.abs(distance_m(here, { lon: 107.35, lat: 35.34 }) - 1112) < 2);
  assert.equal(direction(bearing_deg(here, { lon: 107.36, lat: 35.33 })), 2);
  assert.equal(direction(bearing_deg(here, { lon: 107.34, lat: 35.33 - 0.0082 })), 5);
  assert.equal(direction(359), 0);
  const t = (key, places) => `${places.n} ${key}`;
  assert.equal(length(43.2, t), "43 field.metres");
  assert.equal(length(996, t), "1.0 field.kilometres");
  assert.equal(length(12_400, t), "12 field.kilometres");
});

test("the way is opened in the phone's own map, whatever the name of the place", () => {
  const link = navigationLink({ lon: 107.35, lat: 35.33 }, "a&b (c)", "Android");
  assert.match(link, /^geo:35\.330000,107\.350000\?q=35\.330000,107\.350000\(/);
  assert.ok(!link.slice(4).includes("&"));
  assert.match(navigationLink({ lon: 107.35, lat: 35.33 }, "x", "iPhone"), /^maps:\?daddr=35/);
});

test("a drawing holds every place, north up", () => {
  const [a, b] = [{ lon: 107.35, lat: 35.33 }, { lon: 107.37, lat: 35.31 }];
  const { at } = framing([a, b]);
  const [[ax, ay], [bx, by]] = [at(a.lon, a.lat), at(b.lon, b.lat)];
  for (const x of [ax, bx]) assert.ok(x >= 0 && x <= 360);
  for (const y of [ay, by]) assert.ok(y >= 0 && y <= 190);
  assert.ok(ax < bx && ay < by);
});

const fix = (seconds, more = {}) => ({ lon: 107.35, lat: 35.33, at: new Date(1_700_000_000_000 + seconds * 1000).toISOString(), accuracy_m: 10, ...more });

test("a fix is sent when one has moved, or when the last is old; a vague one is not", () => {
  assert.ok(isNews(null, fix(0)));
  assert.ok(!isNews(fix(0), fix(3)));
  assert.ok(isNews(fix(0), fix(3, { lat: 35.3302 })));
  assert.ok(isNews(fix(0), fix(25)));
  assert.ok(!isNews(fix(0), fix(25, { accuracy_m: 2000 })));
  assert.ok(!isNews(fix(25), fix(0, { lat: 35.34 })));
});

test("without a network fixes are kept, the oldest dropped beyond a limit, and only sent ones forgotten", () => {
  const track = new Track();
  for (let i = 0; i < 700; i += 1) track.take(fix(i * 30));
  assert.equal(track.fixes.length, 600);
  const batch = track.batch();
  track.take(fix(700 * 30)); // pushes out the oldest, which is on its way
  track.done(batch);
  assert.equal(track.fixes.length, 601 - batch.length);
  assert.ok(!track.fixes.includes(batch[0]));
});

test("a phone that knows neither speed nor heading sends neither", () => {
  const sent = fixOf({ coords: { longitude: 107.1234567, latitude: 35.7654321, accuracy: 7.6, speed: null, heading: NaN }, timestamp: 0 });
  assert.deepEqual(sent, { lon: 107.123457, lat: 35.765432, at: "1970-01-01T00:00:00.000Z", accuracy_m: 8 });
});

test("logging out forgets everything but what waits to be sent", () => {
  const storage = new Storage();
  storage.setItem("other", "1");
  outboxOf(storage, []).outbox.add(order("arrive"));
  const memory = new Memory(storage);
  memory.keep("tasks", { tasks: [1] });
  memory.forget();
  assert.equal(memory.recall("tasks"), null);
  assert.deepEqual([...storage.kept.keys()], ["other", "wall.field.outbox"]);
});

test("without a network the last answer serves; a refused session does not", async () => {
  const memory = new Memory(new Storage());
  const fail = (status) => async () => {
    throw refusal(status);
  };
  await assert.rejects(memory.through("x", fail(0)));
  assert.deepEqual(await memory.through("x", async () => ({ n: 1 })), { n: 1 });
  assert.deepEqual(await memory.through("x", fail(0)), { n: 1 });
  await assert.rejects(memory.through("x", fail(401)));
});
