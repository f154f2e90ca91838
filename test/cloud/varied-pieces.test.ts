import assert from "node:assert/strict";
import { test } from "node:test";
import { inVariedPieces } from "../../scripts/cloud/varied-pieces.ts";

test("nothing is lost, whatever the source's pieces, and sizes take turns", () => {
  const all = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));
  for (const cut of [1, 7, 64, 1_000]) {
    const source = Array.from({ length: Math.ceil(1_000 / cut) }, (_, index) => all.subarray(index * cut, (index + 1) * cut));
    const pieces = [...inVariedPieces(source, [3, 100, 1])];
    assert.deepEqual(Buffer.concat(pieces), all);
    assert.deepEqual(pieces.slice(0, 4).map(({ length }) => length), [3, 100, 1, 3]);
    assert.ok(pieces.every(({ length }) => length > 0));
  }
});

test("of nothing come no pieces, for an empty one would end a chunked body", () => {
  assert.deepEqual([...inVariedPieces([])], []);
  assert.deepEqual([...inVariedPieces([Buffer.alloc(0), Buffer.from("ab"), Buffer.alloc(0)], [2])], [Buffer.from("ab")]);
});
