import assert from "node:assert/strict";
import test from "node:test";
import { wireBytes } from "./wire-text.ts";

test("line breaks of the notation are no bytes, its escapes are one byte each", () => {
  assert.equal(wireBytes("A: 1\\r\\n\n  b\\t\\0\\\\\\xfF\\{"), "A: 1\r\n  b\t\0\\\xff{");
});

test("a repeat stands for its text that many times", () => {
  assert.equal(wireBytes('<{"a\\r\\n\\"" x 3}>'), '<a\r\n"a\r\n"a\r\n">');
  assert.equal(wireBytes('{"a" x 0}'), "");
  assert.equal(wireBytes('{"a" x 9000}').length, 9000);
});

test("what a reader could not see or could misread is refused", () => {
  for (const text of ["a ", "a\t", "caf\u00e9", "\\q", "\\x4", '{"a":1}', '{"a" x }']) {
    assert.throws(() => wireBytes(text), /Cannot read/, text);
  }
});
