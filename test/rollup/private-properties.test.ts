import assert from "node:assert/strict";
import { describe, test } from "node:test";
import ts from "typescript";
import { privatePropertyNames } from "../../scripts/rollup/private-properties.ts";

/** The first of the files is the one that the bundle starts from. */
function namesIn(files: Record<string, string>): string[] {
  const options: ts.CompilerOptions = { noLib: true, types: [], strict: true, module: ts.ModuleKind.ES2020, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name in files || fileExists(name);
  host.directoryExists = () => true;
  host.getSourceFile = (name, target) => {
    const text = files[name];
    return text === undefined ? getSourceFile(name, target) : ts.createSourceFile(name, text, target, true);
  };
  return privatePropertyNames(ts.createProgram(Object.keys(files), options, host), Object.keys(files)[0]!);
}

const namesOf = (source: string): string[] => namesIn({ "/p/modules/a.ts": `${source}\nexport {};` });

describe("privatePropertyNames()", () => {
  test("are the members of interfaces that are not exported", () => {
    assert.deepEqual(namesOf("interface State { count: number; next(): void }\nexport const s = (state: State) => state.count;"), ["count", "next"]);
  });

  test("and of those marked @internal", () => {
    assert.deepEqual(namesOf("/** @internal */\nexport interface State { count: number }"), ["count"]);
  });

  const shared: [what: string, source: string][] = [
    ["an exported interface has it too", "export interface Other { count: number }"],
    ["it is quoted somewhere", 'export const key = "count";'],
    ["a value of type any is asked for it", "export const f = (value: any) => value.count;"],
    ["a value of type any is taken apart by it", "export const f = (value: any) => { const { count } = value; return count; };"],
    ["it is renamed while taken apart", "export const f = (value: any) => { const { count: n } = value; return n; };"],
    ["an object without a private type has it", "export const o = { count: 1 };"],
    ["a method of such an object is called so", "export const o = { count() { return 1; } };"],
    ["a class has it", "export class C { count = 1; }"],
    ["a type literal has it", "export type T = { count: number };"],
  ];
  for (const [what, source] of shared) {
    test(`but not when ${what}`, () => assert.deepEqual(namesOf(`interface State { count: number }\nexport let state: State;\n${source}`), []));
  }

  test("never those of a program, whose interfaces describe what comes from outside", () => {
    const source = "interface Answer { rating: string }\nexport const f = (answer: Answer) => answer.rating;";
    assert.deepEqual(namesIn({ "/p/src/a.ts": source }), []);
    assert.deepEqual(namesIn({ "/modules/p/src/a.ts": source }), []);
  });

  test("whatever files of other bundles call so, but not what an imported file calls so, be it for its types alone", () => {
    const state = "interface State { count: number }\nexport let state: State;";
    const other = { "/p/modules/b.ts": "export interface Other { count: number }" };
    assert.deepEqual(namesIn({ "/p/modules/a.ts": state, ...other }), ["count"]);
    assert.deepEqual(namesIn({ "/p/modules/a.ts": `import type { Other } from "./b";\n${state}\nexport let o: Other;`, ...other }), []);
    assert.deepEqual(namesIn({ "/p/modules/a.ts": `export * from "./c";\n${state}`, "/p/modules/c.ts": 'export * from "./b";', ...other }), []);
  });
});
