// The rules as the project sets them up: what `npm run lint` says to a file of modules/ or src/.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const eslint = new ESLint({ cwd: ROOT });

async function rulesBroken(code: string, file = "modules/example.ts"): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(ROOT, file) });
  return (result?.messages ?? []).filter(({ severity }) => severity === 2).map(({ ruleId, message }) => ruleId ?? message);
}

const FORBIDDEN: [what: string, code: string, rule: string][] = [
  ["async functions", "export async function f() { return 1; }", "no-restricted-syntax"],
  ["await", "export const f = async () => { await g(); };", "no-restricted-syntax"],
  ["generators", "export function* f() { yield 1; }", "no-restricted-syntax"],
  ["labels", "outer: for (const a of b) { if (a) break outer; }", "no-labels"],
  ["class inheritance", "export class A extends B {}", "no-restricted-syntax"],
  ["array spread", "export const a = [...b];", "no-restricted-syntax"],
  ["a spread beside other arguments", "f(1, ...a);", "no-restricted-syntax"],
  ["object spread", "export const a = { ...b };", "no-restricted-syntax"],
  ["rest of an object", "export const { a, ...b } = c;", "no-restricted-syntax"],
  ["a function before its declaration", "f();\nfunction f() { return 1; }", "@typescript-eslint/no-use-before-define"],
  ["one inside a function too", "export function f() { g(); function g() { return 1; } }", "@typescript-eslint/no-use-before-define"],
  ["clearTimeout without an id", "clearTimeout();", "device/checked-timer-id"],
  ["clearInterval of an unchecked id", "export function stop(id: number) { clearInterval(id); }", "device/checked-timer-id"],
  ["E.defrag", "E.defrag();", "no-restricted-properties"],
  ["E.toFlatString", "E.toFlatString(a);", "no-restricted-properties"],
  ["E.openFile", "E.openFile(a, 'r');", "no-restricted-properties"],
  ["a global ssl written", "ssl = [];", "device/no-global-ssl"],
  ["a regular expression the firmware cannot match", "export const a = /ab?/.test(b);", "device/supported-regex"],
  ["functions made in loops", "let a = 0;\nfor (const b of c) { a++; f(() => a + b); }", "no-loop-func"],
  ["assignment to length", "a.length = 0;", "no-restricted-syntax"],
  ["default that is not last", "switch (a) { default: f(); break; case 1: g(); }", "default-case-last"],
  ["indexOf with a longer text", "export const a = b.indexOf('cd');", "no-restricted-syntax"],
  ["includes with a longer text", "export const a = b.includes('cd');", "no-restricted-syntax"],
  ["Symbol", "export const a = Symbol.iterator;", "no-restricted-globals"],
  ["tagged templates", "export const a = f`a`;", "no-restricted-syntax"],
  ["comments inside functions", "export function f() {\n  // why\n  return 1;\n}", "device/no-comments-in-functions"],
];

describe("device code", () => {
  for (const [what, code, rule] of FORBIDDEN) {
    test(`may not use ${what}`, async () => assert.deepEqual([...new Set(await rulesBroken(code))], [rule]));
  }

  test("is held to it in src/ as well", async () => assert.deepEqual(await rulesBroken("E.defrag();", "src/program.ts"), ["no-restricted-properties"]));

  test("may use what ES5 output replaces", async () => {
    const code = "export function f({ a = 1 }: { a?: number }, ...rest: number[]) {\n  return rest.map((n) => `${n ** 2} ${a}`)?.length;\n}";
    assert.deepEqual(await rulesBroken(code), []);
  });

  test("may open files where the list says so, and no more", async () => {
    assert.deepEqual(await rulesBroken("E.openFile(a, 'r');", "modules/random.ts"), []);
    assert.deepEqual(await rulesBroken("E.defrag();", "modules/random.ts"), ["no-restricted-properties"]);
  });
});

test("host code may use all of JavaScript", async () => {
  assert.deepEqual(await rulesBroken("export async function f() {\n  // why\n  return [...(await g())];\n}", "scripts/example.ts"), []);
});

describe("npm run lint", () => {
  const copy = mkdtempSync(join(tmpdir(), "lint-"));
  after(() => rmSync(copy, { recursive: true }));

  const run = (...args: string[]): Promise<{ code: number; output: string }> => new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", "scripts/lint.ts", ...args], { cwd: copy }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }));
  });

  test("ends with 1 and the place when there is an error, with 0 when there is none", async () => {
    for (const part of ["scripts/lint.ts", "scripts/eslint", "scripts/rollup", "eslint.config.js", "package.json"]) {
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    mkdirSync(join(copy, "modules"));
    writeFileSync(join(copy, "modules", "bad.ts"), "export const a = 1;\nE.defrag();\n");
    const bad = await run("modules");
    assert.equal(bad.code, 1);
    assert.match(bad.output, /bad\.ts\n +2:1 +error +'E\.defrag' is restricted/);
    writeFileSync(join(copy, "modules", "bad.ts"), "export const a = 1;\n");
    assert.deepEqual(await run("modules"), { code: 0, output: "No lint errors.\n" });
    const missing = await run("nothing-here");
    assert.equal(missing.code, 1);
    assert.match(missing.output, /Lint could not run: .*nothing-here/);
  });
});
