import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { buildBundle } from "../../scripts/build.ts";
import { isUpToDate } from "../../scripts/rollup/build-record.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const SOURCES = {
  "main.ts": 'import { a } from "./a";\nimport type { T } from "./types";\nconst t: T = a;\nprint(t);\n',
  "a.ts": "export const a = 1;\n",
  "types.ts": "export type T = number;\n",
};

describe("a bundle is up to date", () => {
  const folder = mkdtempSync(join(tmpdir(), "build-record-"));
  const bundle = bundleOf("app", "main", join(folder, "main.ts"), join(folder, "dist"));
  const recordFile = join(folder, "dist", "main.made-of.json");
  const kept: Record<string, string> = {};
  before(async () => {
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
    await buildBundle(bundle);
    for (const file of [...Object.keys(SOURCES).map((name) => join(folder, name)), bundle.plain, bundle.minified, recordFile]) kept[file] = readFileSync(file, "utf8");
  });
  beforeEach(() => {
    for (const [file, text] of Object.entries(kept)) writeFileSync(file, text);
  });
  after(() => rmSync(folder, { recursive: true }));

  test("after it was built", () => assert.equal(isUpToDate(bundle), true));

  for (const name of Object.keys(SOURCES)) {
    test(`not when ${name} has changed`, () => {
      writeFileSync(join(folder, name), `${SOURCES[name as keyof typeof SOURCES]}\n`);
      assert.equal(isUpToDate(bundle), false);
    });
  }

  test("not when a source is gone, or the bundle is not what was written", () => {
    rmSync(join(folder, "a.ts"));
    assert.equal(isUpToDate(bundle), false);
    writeFileSync(join(folder, "a.ts"), SOURCES["a.ts"]);
    writeFileSync(bundle.minified, "cut");
    assert.equal(isUpToDate(bundle), false);
  });

  function changeRecord(change: (record: { madeAtMs: number; digests: Record<string, string> }) => void): void {
    const record = JSON.parse(kept[recordFile]!);
    change(record);
    writeFileSync(recordFile, JSON.stringify(record));
  }

  test("not after a day, nor when it was made in the future", () => {
    for (const awayMs of [-DAY_MS - 1_000, DAY_MS + 60_000]) {
      changeRecord((record) => void (record.madeAtMs += awayMs));
      assert.equal(isUpToDate(bundle), false);
    }
  });

  test("not when a tool has come that it was made without, or the tools have changed", () => {
    changeRecord((record) => void delete record.digests["scripts/rollup/pem.ts"]);
    assert.equal(isUpToDate(bundle), false);
    changeRecord((record) => void (record.digests["package-lock.json"] = "another"));
    assert.equal(isUpToDate(bundle), false);
  });

  test("not without a record", () => {
    rmSync(recordFile);
    assert.equal(isUpToDate(bundle), false);
  });

  test("not with another SOURCE_DATE_EPOCH", (context) => {
    const given = process.env["SOURCE_DATE_EPOCH"];
    context.after(() => given === undefined ? delete process.env["SOURCE_DATE_EPOCH"] : (process.env["SOURCE_DATE_EPOCH"] = given));
    process.env["SOURCE_DATE_EPOCH"] = "1700000000";
    assert.equal(isUpToDate(bundle), false);
  });
});
