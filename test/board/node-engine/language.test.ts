import assert from "node:assert/strict";
import { test } from "node:test";
import { LanguageError } from "../../../scripts/board/node-engine/language/language-error.ts";
import { translate } from "../../../scripts/board/node-engine/language/translate.ts";
import { Interrupts } from "../../../scripts/board/node-engine/interrupts.ts";
import { Realm } from "../../../scripts/board/node-engine/realm.ts";
import { createSharedMemory } from "../../../scripts/board/node-engine/shared-memory.ts";

const REFUSED: readonly [string, RegExp][] = [
  ["async function f() {}", /async function/],
  ["var f = async () => 1", /async function/],
  ["function* f() {}", /generator function/],
  ["a: for (;;) break a", /label/],
  ["let {a} = b", /destructuring/],
  ["var [a] = b", /destructuring/],
  ["function f({a}) {}", /destructuring/],
  ["function f(a = 1) {}", /default value/],
  ["function f(...a) {}", /rest parameter/],
  ["f(...a)", /spread/],
  ["b = [...a]", /spread/],
  ["b = {...a}", /spread/],
  ["a ** b", /\*\*/],
  ["a **= b", /\*\*=/],
  ["a?.b", /optional chaining/],
  ["a ||= b", /\|\|=/],
  ["a &&= b", /&&=/],
  ["a ??= b", /\?\?=/],
  ["class A { #p = 1 }", /private name/],
  ["function F() { return new.target }", /new\.target/],
  ["a = 10n", /BigInt/],
  ["with (a) b", /with/],
  ["a = {[b]: 1}", /computed property/],
  ["a`b`", /tagged template/],
  ["a = '\\u{20ac}'", /\\u\{\.\.\.\}/],
  ["switch (a) { default: b(); case 1: c() }", /CASE after DEFAULT/],
  ["switch (a) { case 1: b = [1,,2] }", /array hole/],
  ["/a(?=b)/", /lookahead/],
  ["/(?:a)/", /\(\?:\)/],
  ["/a+?/", /non-greedy/],
  ["/a{2}/", /\{n\}/],
  ["/\\ba/", /\\b/],
  ["/(a)\\1/", /backreference/],
  ["/a/m", /flag m/],
  ["for (var i = 'a' in b; ;) ;", /in inside the brackets|Unexpected token/],
  ["a = '\xe9'; \xe9 = 1", /byte 0xE9/],
  ["\xefbb = 1", /byte 0xEF/],
  ["var \\u0061 = 1", /escape in a name/],
  ["a = 'b\nc'", /Unterminated string/],
];

for (const [source, message] of REFUSED) {
  test(`refuses ${JSON.stringify(source)}, naming the construct and the line`, () => {
    assert.throws(
      () => translate(`var first = 1;\n${source}`),
      (error: unknown) => error instanceof LanguageError && message.test(error.message) && error.line === 2,
    );
  });
}

function evaluate(source: string): unknown {
  return new Realm(new Interrupts(new Int32Array(createSharedMemory()))).evaluate(source, "test");
}

const SAME: readonly [string, string, unknown][] = [
  [
    "a function is not there before its declaration",
    "try { f(); function f() {} } catch (e) { r = e.message } r",
    '"f" is not defined',
  ],
  [
    "nor inside a function",
    "(function () { try { return f() } catch (e) { return String(e) } function f() {} })()",
    'ReferenceError: "f" is not defined',
  ],
  [
    "a late name means the outer one until then",
    "var x = 1; (function () { var a = x; var x = 2; return a + x })()",
    3,
  ],
  ["typeof a var that was not reached", "(function () { if (0) { var q = 1 } return typeof q })()", "undefined"],
  [
    "functions that refer to later ones work once those have run",
    "(function () { function a() { return b() } function b() { return 7 } return a() })()",
    7,
  ],
  ["a function in a block is the function's", "(function () { if (1) { function g() { return 1 } } return g() })()", 1],
  [
    "shorthand and calls through a late name",
    "(function () { function a() { return {b: b, c: b()} } function b() { return 1 } return a().c })()",
    1,
  ],
  [
    "let in a loop is shared",
    "var r = []; for (let i = 0; i < 3; i++) r.push(() => i); r.map(f => f()).join()",
    "3,3,3",
  ],
  ["const in for-of is shared", "var r = []; for (const i of [1, 2]) r.push(() => i); r.map(f => f()).join()", "2,2"],
  [
    "let in the loop's body is not",
    "var r = []; for (var i = 0; i < 2; i++) { let j = i; r.push(() => j) } r.map(f => f()).join()",
    "0,1",
  ],
  ["return goes on in the next line", "(function () { return\n5 })()", 5],
  ["literals are bytes", "'\\u20ac'.charCodeAt(0)", 0xac],
  ["surrogates are two bytes", "'\\ud83d\\ude00'.length", 2],
  ["templates are bytes", "`\\u20ac${1}`.charCodeAt(0)", 0xac],
  ["the dot matches line ends", "/a.b/.test('a\\nb')", true],
  [
    "arrays have a constant length",
    "try { [1].length = 0 } catch (e) { r = String(e) } r",
    "TypeError: Assignment to a constant",
  ],
  ["plain objects may have a length", "var o = {}; o.length = 3; o.length", 3],
  [
    "const is constant",
    "const c = 1; try { c = 2 } catch (e) { r = String(e) } r",
    "TypeError: Assignment to a constant",
  ],
  [
    "'use strict' changes nothing",
    "'use strict'; (function () { 'use strict'; undeclared = 1; return undeclared })()",
    1,
  ],
];

for (const [name, source, expected] of SAME) {
  test(name, () => assert.equal(evaluate(source), expected));
}

test("an assignment before var makes a global", () => {
  assert.equal(evaluate("(function () { early = 5; var early = 6; return early })() + ',' + early"), "6,5");
});

test("let and const of one line are seen and replaced by the next", () => {
  const realm = new Realm(new Interrupts(new Int32Array(createSharedMemory())));
  realm.evaluate("let a = 1; const b = 2; class C { m() { return 3 } }", "REPL");
  assert.equal(realm.evaluate("a + b + new C().m()", "REPL"), 6);
  realm.evaluate("let a = 10; const b = 20", "REPL");
  assert.equal(realm.evaluate("a + b", "REPL"), 30);
});

test("lines stay where they were", () => {
  const realm = new Realm(new Interrupts(new Int32Array(createSharedMemory())));
  realm.evaluate("for (let i = 0; i < 1; i++)\n  f = function () {\n    throw new Error('x');\n  };", "app", 10);
  assert.throws(
    () => realm.evaluate("f()", "REPL"),
    (error: unknown) => /^ {4}at f \(app:12:11\)\n {4}at REPL \(:1:1\)\n$/.test((error as Error).stack ?? ""),
  );
});
