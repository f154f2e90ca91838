import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { unsupportedRegex } from "../../scripts/rollup/firmware-regex.ts";
import { runInEspruino } from "../build/run-bundle.ts";

interface Sample {
  regex: RegExp;
  text: string;
}

// Each with a text on which the firmware differs from JavaScript (2v29.277, both kinds of build).
const REFUSED: Sample[] = [
  { regex: /ab?c/, text: "ac" },
  { regex: /a+?b/, text: "aab" },
  { regex: /a{2}/, text: "aa" },
  { regex: /(?:ab)c/, text: "abc" },
  { regex: /a(?=b)/, text: "ab" },
  { regex: /(?<x>a)/, text: "a" },
  { regex: /\bab/, text: "ab" },
  { regex: /a\Bb/, text: "ab" },
  { regex: /(a)\1/, text: "aa" },
  { regex: /(ab)+/, text: "abab" },
  { regex: /x(ab)*y/, text: "xy" },
  { regex: /((a)(b))c/, text: "abc" },
  { regex: /^(a|b)$/, text: "ax" },
  { regex: /x(a)|(b)/, text: "b" },
  { regex: /^a|b$/, text: "xb" },
  { regex: /x[|]/, text: "]" },
  { regex: /a[/]b/, text: "a/b" },
  { regex: /[a-a]/, text: "a" },
  { regex: /a.+/, text: "a" },
  { regex: /a[^b]+/, text: "a" },
  { regex: /a\S+/, text: "a" },
  { regex: /\u0041/, text: "A" },
  { regex: /\cA/, text: "\x01" },
  { regex: /^b/m, text: "a\nb" },
  { regex: /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/, text: "abcdefghij" },
];

const ACCEPTED: Sample[] = [
  { regex: /^HTTP\/1\.(\d) (\d\d\d)/, text: "HTTP/1.1 200 OK" },
  { regex: /^([^:]*): *(.*)$/, text: "name: a: b" },
  { regex: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, text: "Content-Length" },
  { regex: /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, text: "Content Length" },
  { regex: /\S\S*/, text: "  ab c" },
  { regex: /\s+$/, text: "a \t" },
  { regex: /[\x00-\x1f\\\]]/, text: "ab]" },
  { regex: /ab|cd/, text: "acd" },
  { regex: /ab$|cd/, text: "abcd" },
  { regex: /hello/i, text: "HELLO" },
  { regex: /x[ab]*y/, text: "xbay" },
  { regex: /a.*b/, text: "axbxb" },
  { regex: /\d*3/, text: "1233" },
  { regex: /[^\x20-\x7e]/, text: "ab\x01" },
  { regex: /a\/b\.c-d/, text: "a/b.c-d" },
  { regex: /^$/, text: "" },
];

describe("unsupportedRegex()", () => {
  for (const { regex } of REFUSED) test(`refuses ${regex}`, () => assert.ok(unsupportedRegex(regex.source, regex.flags)));
  for (const { regex } of ACCEPTED) test(`accepts ${regex}`, () => assert.equal(unsupportedRegex(regex.source, regex.flags), undefined));
});

const interpreter = process.env["ESPRUINO_BIN"];
describe("on Espruino", { skip: interpreter ? false : "ESPRUINO_BIN is not set" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "regex-"));
  after(() => rmSync(folder, { recursive: true }));

  async function matches(samples: Sample[]): Promise<string[]> {
    const line = ({ regex, text }: Sample): string =>
      `try { var m = ${regex}.exec(${JSON.stringify(text)}); print(m ? JSON.stringify(m.slice(0)) : "null"); } catch (e) { print("threw"); }`;
    const file = join(folder, "regex.js");
    writeFileSync(file, `${samples.map(line).join("\n")}\n`);
    return await runInEspruino(interpreter ?? "", file);
  }
  const inNode = ({ regex, text }: Sample): string => {
    const match = regex.exec(text);
    return match ? JSON.stringify([...match].map((group) => group ?? "")).replace("\x01", "\\u0001") : "null";
  };

  test("each accepted expression matches as in JavaScript", async () => assert.deepEqual(await matches(ACCEPTED), ACCEPTED.map(inNode)));

  test("each refused expression matches differently", async () => {
    const actual = await matches(REFUSED);
    const same = REFUSED.filter((sample, at) => actual[at] === inNode(sample));
    assert.deepEqual(same, []);
  });
});
