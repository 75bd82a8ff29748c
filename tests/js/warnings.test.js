import assert from "node:assert/strict";
import { test } from "node:test";
import { cause, Cards, counted, happened, inNumbers, inOrder } from "../../wall_ui/assets/warnings/cards.js";
import { projection } from "../../wall_ui/assets/report/map.js";
import { Words } from "../../wall_ui/assets/core/words.js";

const COLOURS = { red: { key: "red", grade: 2 }, yellow: { key: "yellow", grade: 1 }, green: { key: "green", grade: 0 } };
const card = (id, colour, more = {}) => ({ id, colour, version: 1, status: "issued", issued_at: "2026-11-24T01:00:00Z", ...more });

function anApp() {
  const socket = new EventTarget();
  socket.state = "live";
  const words = new Words({ "measure.repeated": ["近{days}天“{about}” {value} 件", "{value}"], "warn.threshold": ["（{value}）", ""], "category.noise": ["噪音", "Noise"], "warn.rated": ["评 {n} 分", ""], "clock.resolve": ["办理", ""], "warn.clock_late": ["{clock}超时", ""] }, "zh");
  return { socket, words, t: words.t.bind(words), asked: 0, api: { get: async () => ({ cards: [], names: {}, colours: Object.values(COLOURS), rules: [] }) } };
}

test("the gravest card comes first, of those the newest; each colour is counted", () => {
  const cards = inOrder([card("g", "green"), card("old", "red"), card("y", "yellow"), card("new", "red", { issued_at: "2026-11-25T01:00:00Z" })], COLOURS);
  assert.deepEqual(cards.map((one) => one.id), ["new", "old", "y", "g"]);
  assert.deepEqual(counted(cards, COLOURS), [{ colour: "red", n: 2 }, { colour: "yellow", n: 1 }, { colour: "green", n: 1 }]);
});

test("a fact of the stream brings a card, an older one takes nothing back", () => {
  const app = anApp();
  const cards = new Cards(app);
  const heard = [];
  cards.addEventListener("issued", (event) => heard.push(event.detail.id));
  const tell = (kind, one) => app.socket.dispatchEvent(new CustomEvent("event", { detail: { kind, detail: { card: one } } }));
  tell("warning.issue", card("a", "red"));
  tell("warning.acknowledge", card("a", "red", { version: 2, status: "acknowledged" }));
  tell("warning.issue", card("a", "red"));
  tell("case.accept", card("b", "red"));
  assert.equal(cards.byId.get("a").status, "acknowledged");
  assert.equal(cards.byId.size, 1);
  tell("warning.lift", card("a", "red", { version: 3, status: "closed", closed_at: "x" }));
  assert.deepEqual([cards.open.length, cards.closed.length], [0, 1]);
  assert.deepEqual(heard, ["a", "a"]);
});

test("what caused a card is said with its numbers, shares in percent", () => {
  const app = anApp();
  assert.equal(cause(app, { measure: "repeated", value: 6, threshold: 5, n: 6, window_h: 168, about: "noise" }), "近7天“噪音” 6 件（5）");
  assert.equal(inNumbers("overdue_share", 0.314), "31%");
  assert.equal(inNumbers("high_ratings", 4.83), "4.8");
  assert.deepEqual(["noise", "rating_2", "resolve"].map((what) => happened(app, what)), ["噪音", "评 2 分", "办理超时"]);
});

test("a tap on the small map means the place that is drawn there", () => {
  const here = { lon: 107.35, lat: 35.33 };
  const { at, under } = projection(here, 1200);
  const place = under(...at(107.36, 35.325));
  assert.ok(Math.abs(place.lon - 107.36) < 1e-9 && Math.abs(place.lat - 35.325) < 1e-9);
  assert.deepEqual(at(here.lon, here.lat), [180, 130]);
});
