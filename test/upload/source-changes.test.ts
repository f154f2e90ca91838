import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { isSource, SourceChanges } from "../../scripts/upload/source-changes.ts";

let folder: string;
let changes: SourceChanges;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
  await mkdir(join(folder, "http"));
  await writeFile(join(folder, "http", "a.ts"), "1");
  changes = new SourceChanges([folder]);
});
afterEach(async () => {
  changes.close();
  await rm(folder, { recursive: true });
});

test("several writes are one change; a file in a folder, and one that is put in another's place, count", async () => {
  let count = 0;
  const first = changes.next().then(() => count++);
  for (const text of ["2", "3", "4"]) await writeFile(join(folder, "http", "a.ts"), text);
  await first;
  assert.equal(count, 1);
  const second = changes.next();
  await writeFile(join(folder, "root.pem.tmp"), "x");
  await rename(join(folder, "root.pem.tmp"), join(folder, "root.pem"));
  await second;
});

test("what an editor leaves beside a source is none", () => {
  for (const file of ["howsmyssl.ts", "http/framing.ts", "http\\framing.ts", "isrg-root-x1.pem"]) assert.ok(isSource(file), file);
  for (const file of [".a.ts.swp", ".#a.ts", "http/.#a.ts", "4913", "a.ts~", "a.ts.tmp", "device"]) assert.ok(!isSource(file), file);
});
