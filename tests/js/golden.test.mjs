// The browser's store comes to the same state as the Python one: both read the same golden files.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { Store } from "../../wall_ui/assets/core/store.js";

const folder = new URL("../golden/stream/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are golden files", () => assert.ok(files.length >= 6));

for (const name of files) {
  test(`the store comes to the expected state: ${name}`, () => {
    const story = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    const store = new Store();
    for (const message of story.messages) {
      if (message.type === "snapshot") store.snapshot(message);
      // What the socket does before it hands an event on: one that is here already is not taken in again.
      else if (message.type === "event" && message.seq > store.seq) store.apply(message);
    }
    assert.equal(store.seq, story.expected.seq);
    assert.deepEqual(Object.fromEntries(store.cases), story.expected.cases);
    assert.deepEqual(Object.fromEntries(store.units), story.expected.units);
  });
}
