import assert from "node:assert/strict";
import { test } from "node:test";
import { readJsonSource } from "../../scripts/provision/json-source.ts";

function mistakesIn(text: string): string[] {
  return readJsonSource(text).mistakes.map((mistake) => mistake.text);
}

test("a right text gives its value, and the line of each part", () => {
  const { value, mistakes, lineOf } = readJsonSource(`\uFEFF{\n  "wifi": {\n    "ssid": "é \\u00e9"\n  },\n  "list": [\n    -1.5e3,\n    { "a": null }\n  ]\n}\n`);
  assert.deepEqual(value, { wifi: { ssid: "é é" }, list: [-1500, { a: null }] });
  assert.deepEqual(mistakes, []);
  assert.equal(lineOf(["wifi"]), 2);
  assert.equal(lineOf(["wifi", "ssid"]), 3);
  assert.equal(lineOf(["list", 1, "a"]), 7);
  assert.equal(lineOf(["wifi", "password"]), 2, "what is missing is told at what it is missing in");
  assert.equal(lineOf(["nothing"]), undefined);
});

const BROKEN: [string, string, RegExp][] = [
  ["an empty file", " \n", /^the file is empty$/],
  ["a missing comma", `{\n  "a": "secret"\n  "b": 2\n}`, /^line 3, column 3: here or just before it a comma/],
  ["a missing end", `{\n  "a": "secret",\n  "b": {`, /^line 3, column 9: /],
  ["a missing quote", `{\n  "a": "secret,\n  "b": 2\n}`, /^line 2, column 8: this text has no closing "/],
  ["a comma too much", `{\n  "a": "secret",\n}`, /^line 2, column 16: there is a comma too much/],
  ["a comment", `{ // secret\n  "a": 1 }`, /^line 1, column 3: JSON has no comments/],
  ["a name without quotes", `{\n  a: "secret" }`, /^line 2, column 3: a name in double quotes/],
  ["single quotes", `{\n  "a": 'secret' }`, /^line 2, column 8: a text in double quotes/],
  ["a hexadecimal number", `{ "a": 0x10 }`, /^line 1, column 8: a text in double quotes, a number/],
  ["a tab inside a text", `{ "a": "se\tcret" }`, /^line 1, column 8: /],
  ["something behind the end", `{ "a": "secret" }\n}`, /^line 2, column 1: something stands behind the end/],
  ["a hole in a list", `{ "a": [1,,2] }`, /two commas in a row/],
  ["a key that stands twice", `{ "wifi": {\n "a": "secret",\n "a": 2 } }`, /^line 3, column 2: wifi\.a stands here a second time/],
];
for (const [what, text, message] of BROKEN) {
  test(`${what} is found, and no value is shown`, () => {
    const [first] = mistakesIn(text);
    assert.match(first ?? "", message);
    assert.doesNotMatch(mistakesIn(text).join("\n"), /secret|cret/);
  });
}

test("a right file has no mistakes that JSON.parse does not see either, and the other way round", () => {
  for (const text of ["null", "-0", "[]", `"a"`, "{}", "[true,false]", "-", "+1", "01", "NaN", "undefined", "`a`", "(1)", "1+1", "[...a]", "{,}", "f()"]) {
    const isJson = ((): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    })();
    assert.equal(mistakesIn(text).length === 0, isJson, text);
  }
});
