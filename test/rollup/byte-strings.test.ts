import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { buildBundle, describeBuildError } from "../../scripts/build.ts";
import { bytesOfLiteral } from "../../scripts/rollup/byte-strings.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";

describe("bytesOfLiteral()", () => {
  const cases: [raw: string, bytes: string][] = [
    ["abc", "abc"],
    ["é", "\xc3\xa9"],
    ["\\u00e9", "\xc3\xa9"],
    ["\\u{e9}", "\xc3\xa9"],
    ["\\xe9", "\xe9"],
    ["\\xc3\\xa9", "\xc3\xa9"],
    ["\\\\u00e9", "\\u00e9"],
    ["€", "\xe2\x82\xac"],
    ["😀", "\xf0\x9f\x98\x80"],
    ["\\u{1F600}", "\xf0\x9f\x98\x80"],
    ["\\ud83d\\ude00", "\xf0\x9f\x98\x80"],
    ["é\\xe9é", "\xc3\xa9\xe9\xc3\xa9"],
    ["\\0\\n\\t\\v\\'\\q", "\0\n\t\v'q"],
    ["é\\\né", "\xc3\xa9\xc3\xa9"],
  ];
  for (const [raw, bytes] of cases) test(`reads ${raw.replaceAll("\n", "(new line)")}`, () => assert.equal(bytesOfLiteral(raw), bytes));

  for (const raw of ["\\ud83d", "\\ude00x", "\\ud83d\\xff\\ude00", "\\udc00\\ud800"]) {
    test(`refuses half of a surrogate pair in ${raw}`, () => assert.throws(() => bytesOfLiteral(raw), /surrogate/));
  }

  test("gives for any text typed as it is the same as for its \\u escapes", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const escaped = [...text].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join("");
      const bytes = Buffer.from(text, "utf8").toString("latin1");
      assert.equal(bytesOfLiteral(escaped), bytes);
      assert.equal(bytesOfLiteral(text.replaceAll("\\", "\\\\")), bytes);
    }));
  });
});

describe("a build", () => {
  const folder = mkdtempSync(join(tmpdir(), "byte-strings-"));
  after(() => rmSync(folder, { recursive: true }));

  const refused: [name: string, source: string, message: RegExp][] = [
    ["lone surrogate", 'print("a");\nprint("\\ud83d");', /main\.ts:2:6: .*half of a surrogate pair/],
    ["lone surrogate in a template", "const n = 1;\nprint(`${n}\\ude00`);", /main\.ts:2:\d+: .*half of a surrogate pair/],
    ["regular expression", "print(/é/.test(\"x\"));", /main\.ts:1:6: .*regular expression/],
    ["name", "const naïve = 1;\nprint(naïve);", /main\.ts:1:6: .*"naïve"/],
    ["enum", 'const enum Word { Summer = "été" }\nprint(Word.Summer);', /main\.ts:1:\d+: .*enum member/],
  ];
  for (const [name, source, message] of refused) {
    test(`stops at a ${name} that has no bytes, with file and line`, async () => {
      const input = join(folder, "main.ts");
      writeFileSync(input, `${source}\nexport {};\n`);
      const error = await buildBundle(bundleOf("app", "main", input, join(folder, "dist"))).then(() => undefined, (cause: unknown) => cause);
      assert.match(describeBuildError(error), message);
    });
  }
});
