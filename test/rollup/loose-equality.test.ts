import assert from "node:assert/strict";
import { test } from "node:test";
import ts from "typescript";
import { looseEquality } from "../../scripts/rollup/loose-equality.ts";

const DECLARATIONS = "declare const text: string, maybeText: string | undefined, count: number, maybeCount: number | undefined, it: any, flag: boolean, mixed: string | number;";

/** The comparison as the compiler writes it. */
function compile(comparison: string): string {
  const source = ts.createSourceFile("a.ts", `${DECLARATIONS}(${comparison})`, ts.ScriptTarget.ES5, true);
  const host = { ...ts.createCompilerHost({}), getSourceFile: (name: string) => (name === "a.ts" ? source : undefined) };
  const program = ts.createProgram(["a.ts"], { noLib: true, strict: true, target: ts.ScriptTarget.ES5, ignoreDeprecations: "6.0" }, host);
  let written = "";
  program.emit(source, (_name, code) => void (written = code), undefined, false, { before: [looseEquality(program.getTypeChecker())] });
  return /\((.*)\);\s*$/.exec(written)![1]!;
}

test("two texts or two numbers need no comparison of their types", () => {
  for (const [strict, loose] of [
    ["text === 'a'", "text == 'a'"], ["text !== text + 'a'", "text != text + 'a'"], ["count === 0", "count == 0"], ["maybeCount !== count", "maybeCount != count"],
    ["maybeText === 'a'", "maybeText == 'a'"], ["typeof it === 'string'", "typeof it == 'string'"], ["(count === 1) || text === ''", "(count == 1) || text == ''"],
  ]) assert.equal(compile(strict!), loose);
});

test("anything else does", () => {
  for (const comparison of [
    "it === 0", "text === it", "flag === true", "mixed === 1", "maybeCount === undefined", "maybeCount === maybeCount", "maybeText === text", "maybeText === 'undefined'", "null === maybeText",
  ]) assert.equal(compile(comparison), comparison);
});
