import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildApp, buildBundle, describeBuildError } from "../../scripts/build.ts";
import type { BuiltBundle } from "../../scripts/build.ts";
import { appNames, bundleOf } from "../../scripts/rollup/bundle.ts";
import type { BundleKind } from "../../scripts/rollup/bundle.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "build-"));
after(() => rmSync(folder, { recursive: true }));

async function build(sources: Record<string, string>, kind: BundleKind = "app"): Promise<BuiltBundle> {
  for (const [file, source] of Object.entries(sources)) writeFileSync(join(folder, file), source);
  return await buildBundle(bundleOf(kind, "main", join(folder, "main.ts"), join(folder, "dist")));
}

async function failureOf(sources: Record<string, string>): Promise<string> {
  return await build(sources).then(() => "it was built", describeBuildError);
}

describe("a build stops", () => {
  test("at every type error, and names them all", async () => {
    const failure = await failureOf({ "main.ts": 'const a: number = "x";\nprint(a, Math.trunc(1));\nexport {};\n' });
    assert.match(failure, /2 type errors:\n.*main\.ts\(1,7\).*\n.*main\.ts\(2,15\).*trunc/);
  });

  test("at a file that is missing", async () => {
    assert.match(await failureOf({ "main.ts": 'import { a } from "./none";\nprint(a);\n' }), /main\.ts\(1,19\).*'\.\/none'/);
    assert.match(await failureOf({ "main.ts": 'import ca from "./none.pem";\nprint(ca());\n' }), /none\.pem/);
  });

  test("at modules that need each other in a circle", async () => {
    const other = 'import { a } from "./main";\nexport function b(): number { return a(); }\n';
    const main = 'import { b } from "./other";\nexport function a(): number { return b(); }\n';
    assert.match(await failureOf({ "main.ts": main, "other.ts": other }), /Circular dependency/);
  });

  const unsupported: [what: string, source: string, construct: RegExp][] = [
    ["class inheritance", "class A { x = 1; }\nclass B extends A {}\nprint(new B().x);", /helper __extends/],
    ["array spread", "const a = [1];\nprint([0, ...a]);", /helper __spreadArray/],
    ["object spread", "const a = { b: 1 };\nprint({ c: 2, ...a });", /helper __assign/],
    ["a label", "a: for (const b of [1, 2]) for (const c of [b]) { print(c); if (c > 1) break a; }", /label/],
    ["a function before its declaration", "print(a());\nfunction a() { return 1; }", /use of function a before its declaration/],
    ["a regular expression", "print(/ab?c/.test(\"ac\"));", /regular expression \/ab\?c\//],
  ];
  for (const [what, source, construct] of unsupported) {
    test(`at ${what} that the firmware cannot run`, async () => {
      assert.match(await failureOf({ "main.ts": `${source}\nexport {};\n` }), construct);
    });
  }
});

test("a program names the types of texts and numbers first, a module does not", async () => {
  const source = { "main.ts": "export function a(): string { return String(1); }\nprint(a());\n" };
  const { plain, minified } = await build({ "main.ts": source["main.ts"].replace("export ", "") });
  for (const file of [plain, minified]) assert.match(readFileSync(file, "latin1"), /^String,Number;?\n/);
  assert.doesNotMatch(readFileSync((await build(source, "module")).minified, "latin1"), /Number/);
});

describe("a minified bundle", () => {
  test("keeps the names that other code sees, and has no global named like a pin", async () => {
    const functions = Array.from({ length: 80 }, (_, i) => `export function f${i}(): number { return ${i} + Math.random(); }`);
    const { minified } = await build({ "main.ts": functions.join("\n") }, "module");
    const code = readFileSync(minified, "utf8");
    for (let i = 0; i < 80; i++) assert.match(code, new RegExp(`exports\\.f${i}=`));
    assert.doesNotMatch(code, /function (E|NC|[A-D]\d\d?)\(/);
  });

  test("puts each top-level statement on a line, functions first", async () => {
    const { minified } = await build({ "main.ts": "const a = [1];\nprint(a);\nfunction f(): void { print(a, 2); }\nf();\nsetTimeout(f, 1);\nexport {};\n" });
    const lines = readFileSync(minified, "utf8").trim().split("\n");
    assert.match(lines[1] ?? "", /^(function \w|\w=(\w|\(\w*\))=>)/);
    assert.ok(lines.length > 2);
  });
});

describe("npm run build", () => {
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "scripts/build.ts", ...args], { cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });

  test("ends with 1 for a program that does not exist and lists those that do", async () => {
    const { code, stderr } = await run("--app", "nonsense");
    assert.equal(code, 1);
    assert.match(stderr, /no program "nonsense" in src\/\. Known: .*howsmyssl/);
    await assert.rejects(buildApp("../nonsense"), /no program/);
  });

  test("ends with 1 for an option it does not know", async () => assert.equal((await run("--speed")).code, 1));

  test("explains itself", async () => {
    const { code, stdout } = await run("--help");
    assert.equal(code, 0);
    assert.match(stdout, /--app <name>/);
  });

  test("knows the programs of src/", () => assert.ok(appNames().includes("howsmyssl")));
});
