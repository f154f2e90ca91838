import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rollup } from "rollup";
import { findUnsupported, firmwareSyntax } from "../../scripts/rollup/firmware-syntax.ts";

describe("findUnsupported()", () => {
  const refused: [code: string, construct: RegExp][] = [
    ["async function f() {}", /async function/],
    ["(async () => {})", /async function/],
    ["async function f() { await g(); }", /await/],
    ["function* g() { yield 1; }", /generator/],
    ["loop: for (;;) break loop;", /label/],
    ["class A extends B {}", /class extends/],
    ["class A { #x = 1; }", /private name/],
    ["f(...a)", /spread/],
    ["x = [...a]", /spread/],
    ["x = {...a}", /spread/],
    ["function f(a = 1) {}", /default value/],
    ["function f(...a) {}", /rest parameter/],
    ["function f({ a }) {}", /destructuring/],
    ["var [a] = b", /destructuring/],
    ["a?.b", /optional chaining/],
    ["a ** b", /\*\*/],
    ["a ??= b", /\?\?=/],
    ["f`x`", /tagged template/],
    ["x = { [a]: 1 }", /computed key/],
    ["function F() { return new.target; }", /new\.target/],
    ["x = 1n", /BigInt/],
    ["import('tls')", /import\(\)/],
    ["import a from 'tls'", /syntax error/],
    ["with (a) b()", /with/],
    ["Object.freeze(a)", /Object\.freeze/],
    ["Object['freeze'](a)", /Object\.freeze/],
    ["exports.__esModule = true", /__esModule/],
    ["Object.defineProperty(exports, '__esModule', { value: true })", /__esModule/],
    ["var __extends = 1", /helper __extends/],
    ["switch (a) { default: b(); case 1: c(); }", /default/],
    ["switch (a) { case 1: b = [0, , 3]; }", /hole/],
    ["a.length = 0", /length/],
    ["a.b.length--", /length/],
    ["function f() { if (a) return\nb(); }", /return without a semicolon/],
    ["for (var i = ('a' in b); i;) i = 0", /in within/],
    ["try { x = { a: f(), b: 1 }; } catch (e) { g(e); }", /object literal inside try/],
    ["x = /colou?r/", /regular expression \/colou\?r\//],
    ["x = '\\u{1F600}'", /\\u\{/],
    ["x = 'é'", /outside ASCII/],
    [`x.${"a".repeat(64)} = 1`, /longer than 63/],
    ["a(); function a() {}", /use of function a before/],
    ["var x = a; function a() {}", /use of function a before/],
    ["function f() { g(); function g() {} }", /use of function g before/],
    ["(function () { a(); })(); function a() {}", /use of function a before/],
    ["if (x) { a(); function a() {} }", /use of function a before/],
    ["x = {", /syntax error/],
  ];
  for (const [code, construct] of refused) {
    test(`refuses ${code.replaceAll("\n", " ").slice(0, 60)}`, () => {
      const found = findUnsupported(code);
      assert.ok(found.some((place) => construct.test(place.construct)), JSON.stringify(found));
    });
  }

  const accepted = [
    "function a() { b(); } function b() {} a();",
    "function a() { return a; }",
    "function a(b) { function c() { return b; } return c(); }",
    "var o = { a: 1, get b() { return 2; } }; function a() {}",
    "o.a(); function a() {}",
    "switch (a) { case 1: b(); default: c(); }",
    "x = [0, , 3]",
    "function f() { return }",
    "function f() { return;\n}",
    "for (var k in o) print(k)",
    "class A { constructor() { this.x = 1; } m() { return `${this.x}`; } }",
    "var f = x => x ?? 1; let y = 2; const z = y",
    "x = a.length; length = 3",
    "x = '\\\\u{1F600} \\xe9'",
    "exports.x = require('tls')",
  ];
  for (const code of accepted) test(`accepts ${code.replaceAll("\n", " ")}`, () => assert.deepEqual(findUnsupported(code), []));

  test("says where, from 1, in the order of the text", () => {
    const places = findUnsupported("a();\n  b ** c;\nd?.e").map(({ line, column }) => [line, column]);
    assert.deepEqual(places, [[2, 3], [3, 1]]);
  });
});

test("firmwareSyntax() stops a build and shows the place", async () => {
  const main = { name: "main", resolveId: (id: string) => id, load: () => "print(1);\nprint(board?.name);" };
  const bundle = await rollup({ input: "main", plugins: [main] });
  await assert.rejects(bundle.generate({ format: "es", plugins: [firmwareSyntax()] }), /optional chaining \(\?\.\) at main\.js:2:7: print\(board\?\.name\)/);
});
