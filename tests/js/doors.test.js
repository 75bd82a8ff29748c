import assert from "node:assert/strict";
import { test } from "node:test";
import { homeOf, nextPage, screenOf } from "../../wall_ui/assets/doors/homes.js";
import { onDrawing } from "../../wall_ui/assets/start/pins.js";

const HERE = "https://wall.example";

test("a log-in leads on to a page of this site", () => {
  assert.equal(nextPage("?next=%2Fconsole%3Fcase%3D1", HERE), "/console?case=1");
  assert.equal(nextPage("?next=%2Fwall", HERE), "/wall");
  assert.equal(nextPage("", HERE), null);
});

for (const evil of ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\t/evil.example", "evil", "\\\\evil.example", "/a\\b", "/login", "/api/session"]) {
  test(`a log-in does not lead on to ${JSON.stringify(evil)}`, () => {
    assert.equal(nextPage(`?next=${encodeURIComponent(evil)}`, HERE), null);
  });
}

test("a wall screen's link carries its token, and nothing else passes for one", () => {
  const token = "Zk3-_9aQ".repeat(5);
  assert.equal(screenOf(`#screen=${token}`), token);
  for (const hash of ["", "#screen=", "#screen=short", `#screen=${token}&x=1`, `#token=${token}`, "#screen=<script>aaaaaaaaaaaaaaaa"]) assert.equal(screenOf(hash), "");
});

test("everybody has a screen, a role unknown here the wall", () => {
  assert.equal(homeOf("grid_officer"), "/field");
  assert.equal(homeOf("astronaut"), "/wall");
});

test("a pin lies on the drawing where its place lies in the county", () => {
  const frame = "107 35 108 36 700";
  assert.deepEqual(onDrawing(frame, 107, 36), [0, 0]);
  assert.deepEqual(onDrawing(frame, 108, 35), [1000, 700]);
  assert.deepEqual(onDrawing(frame, 107.5, 35.5), [500, 350]);
});
