// Golden build output: each folder of test/fixtures/build holds main.ts, the plain bundle expected of it and what it prints.
// After a wanted change of the output: UPDATE_GOLDEN=1 node --import tsx --test test/build/golden.test.ts
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildBundle } from "../../scripts/build.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";
import { sourcePlugins } from "../../scripts/rollup/rollup-options.ts";
import type { BundleKind } from "../../scripts/rollup/bundle.ts";
import { runInEspruino, runInNode } from "./run-bundle.ts";

const CASES = fileURLToPath(new URL("../fixtures/build/", import.meta.url));
const interpreter = process.env["ESPRUINO_BIN"];
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";
process.env["SOURCE_DATE_EPOCH"] = "1700000000";

const out = mkdtempSync(join(tmpdir(), "golden-"));
after(() => rmSync(out, { recursive: true }));

const names = readdirSync(CASES).sort();
const inputs = names.map((name) => join(CASES, name, "main.ts"));
const plugins = sourcePlugins(inputs);

function expected(name: string, file: string, actual: string): string {
  const path = join(CASES, name, file);
  if (isUpdate) writeFileSync(path, actual);
  return readFileSync(path, "utf8");
}

/** A module as a script: what it exports is printed. */
function runnable(kind: BundleKind, file: string): string {
  if (kind === "app") return file;
  const script = `${file}.run.js`;
  writeFileSync(script, `var exports = {};\n${readFileSync(file, "utf8")}\nprint(Object.keys(exports).sort().join(" "));\n`);
  return script;
}

for (const name of names) {
  describe(`bundle of ${name}`, () => {
    const input = join(CASES, name, "main.ts");
    const kind = /^export /m.test(readFileSync(input, "utf8")) ? "module" : "app";
    const built = buildBundle(bundleOf(kind, name, input, out), plugins);
    let output = "";

    test("is the expected text", async () => {
      const plain = readFileSync((await built).plain, "utf8");
      assert.equal(plain, expected(name, "_expected.js", plain));
    });

    test("prints the same plain and minified", async () => {
      const { plain, minified } = await built;
      const actual = await runInNode(runnable(kind, plain));
      output = expected(name, "_output.txt", `${actual.join("\n")}\n`).trim();
      assert.equal(actual.join("\n"), output);
      assert.equal((await runInNode(runnable(kind, minified))).join("\n"), output);
    });

    test("prints the same on Espruino", { skip: interpreter ? false : "ESPRUINO_BIN is not set" }, async () => {
      const { plain, minified } = await built;
      for (const file of [plain, minified]) {
        assert.equal((await runInEspruino(interpreter ?? "", runnable(kind, file))).join("\n"), output, file);
      }
    });
  });
}
