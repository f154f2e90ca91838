import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { checkSizes } from "../../scripts/sizes.ts";

describe("checkSizes()", () => {
  const dist = mkdtempSync(join(tmpdir(), "sizes-"));
  before(() => {
    mkdirSync(join(dist, "modules"));
    for (const [file, bytes] of [["a.js", 30], ["a.min.js", 20], ["modules/b.js", 9], ["modules/b.min.js", 8]] as const) {
      writeFileSync(join(dist, file), "x".repeat(bytes));
    }
  });
  after(() => rmSync(dist, { recursive: true }));

  test("measures each bundle in both forms", () => {
    const { sizes, failures, table } = checkSizes(dist, { "a.min.js": 20 });
    assert.deepEqual(sizes, [
      { bundle: "a.min.js", plainBytes: 30, minifiedBytes: 20, budgetBytes: 20 },
      { bundle: "modules/b.min.js", plainBytes: 9, minifiedBytes: 8 },
    ]);
    assert.deepEqual(failures, []);
    assert.match(table, /^bundle +plain +minified +budget +margin\na\.min\.js +30 +20 +20 +0\nmodules\/b\.min\.js +9 +8 +- +-$/);
  });

  test("fails one byte over a budget and says by how much", () => {
    assert.match(checkSizes(dist, { "a.min.js": 19 }).failures.join(), /a\.min\.js has 20 bytes, 1 more than its budget of 19/);
  });

  test("fails when a bundle with a budget was not built", () => {
    assert.match(checkSizes(dist, { "c.min.js": 19 }).failures.join(), /c\.min\.js has a budget and was not built/);
  });

  test("refuses a folder without bundles", () => assert.throws(() => checkSizes(join(dist, "none"), {}), /npm run build/));
});
