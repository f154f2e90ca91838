// The streaming JSON reader: what is JSON and what is not, what is given of it, and that it does not matter how the bytes are cut.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, DeviceBoard, TARGETS } from "./board-run.ts";
import { cut, eventsOf, loadJsonReader, type JsonEvent, type JsonPath } from "./json-reader.ts";
import { INVALID, VALID } from "./json-vectors.ts";

const readers = await loadJsonReader();
const WHOLE: JsonPath[] = [[]];
const isLong = process.env["TEST_LONG"] !== undefined;
/** Pieces of a body, and such as a server might send to be tiresome. */
const PIECES_BYTES = [1, 7, 101, 536, 1e6];
/** Of texts that are sent to a board at once; it holds them several times. */
const BATCH_BYTES = 12_000;
/** In the short run, one skipped text of so many. */
const SAMPLE = isLong ? 1 : 4;
const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

// Long enough on both sides for the reader to check many bytes at once.
const BEFORE = `{"skip":{"list":[${'"element",'.repeat(12)}{"k":"v"}],"numbers":[1,22,-3,4.5],"name":"${"x".repeat(60)}","it":`;
const AFTER = `,"more":{"a":"b","c":[{"d":"e"},{"f":"g"}]},"text":"[, \\" }","end":null},"s":1}`;
const SKIPPED: JsonPath[] = ["s"];
const skipped = (text: string): string => BEFORE + text + AFTER;

for (const [form, create] of Object.entries(readers)) {
  describe(`JSON reader, ${form}`, () => {
    // The two differ in names only: each split of one of them, in the short run.
    const everyCut = (text: string): number[] => isLong || form === "minified" ? [...text, ""].map((_, at) => at) : [0];

    for (const { text, value } of VALID) {
      test(`JSON: ${JSON.stringify(text)}`, () => {
        const expected = [[[], value ?? (JSON.parse(text) as unknown)], "end"];
        for (const at of everyCut(text)) assert.deepEqual(eventsOf(create, [text.slice(0, at), text.slice(at)], WHOLE), expected);
        assert.deepEqual(eventsOf(create, cut(text, 1), WHOLE), expected);
        for (const bytes of PIECES_BYTES) assert.deepEqual(eventsOf(create, cut(skipped(text), bytes), SKIPPED), [["s", 1], "end"], `pieces of ${bytes}`);
      });
    }

    for (const [text, offset] of INVALID) {
      test(`no JSON: ${JSON.stringify(text)}`, () => {
        const expected = ["E_JSON", offset < 0 ? text.length : offset];
        for (const at of everyCut(text)) assert.deepEqual(eventsOf(create, [text.slice(0, at), text.slice(at)], []).at(-1), expected);
        assert.deepEqual(eventsOf(create, cut(text, 1), WHOLE).at(-1), expected);
        if (isJson(skipped(text))) return;
        const byByte = eventsOf(create, cut(skipped(text), 1), SKIPPED);
        assert.equal(byByte.at(-1)![0], "E_JSON");
        for (const bytes of PIECES_BYTES) assert.deepEqual(eventsOf(create, cut(skipped(text), bytes), SKIPPED), byByte, `pieces of ${bytes}`);
      });
    }

    test("takes what JSON.parse takes of short texts: numbers, words, escapes", () => {
      fc.assert(fc.property(shortText(), (text) => {
        const byByte = eventsOf(create, [...text], WHOLE);
        assert.equal(byByte.at(-1) === "end", isJson(text));
        assert.deepEqual(eventsOf(create, [text], WHOLE), byByte);
        assert.equal(eventsOf(create, [skipped(text)], SKIPPED).at(-1) === "end", isJson(skipped(text)));
      }), { numRuns: isLong ? 50_000 : 2_000 });
    });

    test("takes what JSON.parse takes, refuses what it refuses, and reports the same however the bytes are cut", () => {
      fc.assert(fc.property(mutatedJson(), fc.constantFrom(SKIPPED, WHOLE, ["skip.it", "skip.it.a", "skip.list.3"]), (text, paths) => {
        for (const document of [text, skipped(text)]) {
          const events = eventsOf(create, [document], paths);
          assert.equal(events.at(-1) === "end", isJson(document), document);
          for (const bytes of [1, 3, 40]) assert.deepEqual(eventsOf(create, cut(document, bytes), paths), events);
        }
      }), { numRuns: isLong ? 5000 : 100 });
    });

    test("gives the values that JSON.parse gives, at any path", () => {
      fc.assert(fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.nat(4), fc.boolean(), (value, indent, isEscaped) => {
        const text = JSON.stringify({ a: value, b: [0, { c: value }] }, undefined, indent);
        const document = isEscaped ? escaped(text) : bytesOf(text);
        const expected = asBytes(JSON.parse(JSON.stringify(value)));
        assert.deepEqual(eventsOf(create, cut(document, 5), ["a", "b.1.c"]), [["a", expected], ["b.1.c", expected], "end"]);
      }), { numRuns: isLong ? 2000 : 100 });
    });

    test("paths: nested, indexes, lists with dots and empty names, one inside the other", () => {
      const document = '{"a":{"b":[10,{"c":"x"},[20]],"":{"":7}},"a.b":8,"0":9}';
      const given = (...paths: JsonPath[]): JsonEvent[] => eventsOf(create, [document], paths).slice(0, -1);
      assert.deepEqual(given("a.b.0", "a.b.1.c", "a.b.2.0", "a.b.3"), [["a.b.0", 10], ["a.b.1.c", "x"], ["a.b.2.0", 20]]);
      assert.deepEqual(given("a..", ["a.b"], [0]), [["a..", 7], [["a.b"], 8], [[0], 9]]);
      assert.deepEqual(given("a.b.1", ["a", "b", 1, "c"]), [[["a", "b", 1, "c"], "x"], ["a.b.1", { c: "x" }]]);
      assert.deepEqual(given("a.b.0", ["a", "b", 0]), [["a.b.0", 10], [["a", "b", 0], 10]]);
      assert.deepEqual(given("b", "a.c", "a.b.0.x", "a.b.length", "toString"), []);
    });

    test("only the state at the top counts, and a name that comes twice is given twice", () => {
      const document = '{"x":{"state":1},"y":[{"state":2}],"state":3,"z":"\\"state\\":4","st\\u0061te":5}';
      assert.deepEqual(eventsOf(create, [document], ["state"]), [["state", 3], ["state", 5], "end"]);
    });

    test("names that objects have anyway are names like others", () => {
      const document = '{"__proto__":{"a":1},"constructor":{"a":2},"length":3}';
      assert.deepEqual(eventsOf(create, [document], ["__proto__.a", "constructor.a", "length"]), [["__proto__.a", 1], ["constructor.a", 2], ["length", 3], "end"]);
    });

    test("after an error or the end everything is ignored", () => {
      for (const text of ["[1,]", "[1]"]) {
        const events: string[] = [];
        const reader = create({ paths: [["0"]], onValue: () => events.push("value"), onEnd: () => events.push("end"), onError: ({ code }) => events.push(code) });
        reader.push(text);
        reader.close();
        const before = [...events];
        reader.push("]");
        reader.push("[1]");
        reader.close();
        assert.deepEqual(events, before);
      }
    });

    test("depth and length have limits, wherever the bytes are cut", () => {
      const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
      const values: [text: string, paths: JsonPath[], limits: Record<string, number>, isOver: boolean][] = [
        [nested(32), WHOLE, {}, false], [nested(33), WHOLE, {}, true], [nested(33), [], {}, true], [nested(3), [], { depth: 2 }, true],
        [`{"a":${nested(31)}}`, ["b"], {}, false], [`{"a":${nested(32)}}`, ["b"], {}, true], [skipped(nested(40)), SKIPPED, {}, true],
        [`"${"x".repeat(8)}"`, WHOLE, { valueBytes: 10 }, false], [`"${"x".repeat(9)}"`, WHOLE, { valueBytes: 10 }, true],
        ["[1, 2,\n 3, 4]", WHOLE, { valueBytes: 9 }, false], ["[1,2,3,45]", WHOLE, { valueBytes: 9 }, true],
        [`"${"\\u0041".repeat(8)}"`, WHOLE, { valueBytes: 10 }, false],
        [`{"a":"${"x".repeat(5000)}","b":1}`, ["b"], {}, false], [`{"${"x".repeat(5000)}":{"a":1},"b":1}`, ["b"], {}, false],
        ["1".repeat(11), WHOLE, { valueBytes: 10 }, true], [`[${"1".repeat(5000)}]`, [], {}, true],
      ];
      for (const [text, paths, limits, isOver] of values) {
        for (const bytes of [1, 7, 1e6]) assert.equal(eventsOf(create, cut(text, bytes), paths, limits).at(-1)![0] === "E_JSON_LIMIT", isOver, `${text.slice(0, 40)} ${bytes}`);
      }
      assert.throws(() => create({ paths: [], limits: { depth: NaN }, onValue: () => undefined, onError: () => undefined }), { code: "E_OPTION" });
    });

    test("an error says its phase, its place and the byte there", () => {
      const errors: unknown[] = [];
      const onError = ({ code, phase, message }: { code: string; phase: string; message: string }): void => void errors.push([code, phase, message]);
      const failing = (text: string, limits = {}): void => {
        const reader = create({ paths: WHOLE, limits, onValue: () => undefined, onError });
        reader.push(text);
        reader.close();
      };
      failing("[1,}");
      failing("[");
      failing("[1]", { valueBytes: 2 });
      assert.deepEqual(errors, [["E_JSON", "body", 'byte 3: "}"'], ["E_JSON", "body", "incomplete"], ["E_JSON_LIMIT", "body", "valueBytes: 2"]]);
    });
  });
}

/** Nearly a number, a string or a word. */
function shortText(): fc.Arbitrary<string> {
  const text = (parts: string[]): fc.Arbitrary<string> => fc.array(fc.constantFrom(...parts), { maxLength: 5 }).map((taken) => taken.join(""));
  const number = text(["0", "1", "9", "12", "-", "+", ".", "e", "E", "e+", " "]);
  const string = text(["\\", "\\u", "\\n", "\\/", "\\x", "00e9", "00", "a", "b", "'", '"', "\x00", "\x1f", "\x7f", "\t", "\xc3\xa9"]).map((inner) => `"${inner}"`);
  const word = text(["true", "false", "null", "t", "N", "nul", " ", "[", "]", ",", "{", "}", '"a":', "\x0b"]);
  return fc.oneof(number, string, word);
}

/** JSON, compact or with blanks, most of it with something put in, taken out or put in place of something. */
function mutatedJson(): fc.Arbitrary<string> {
  const json = fc.tuple(fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" }), fc.constantFrom(0, 0, 1, 2)).map(([value, indent]) => bytesOf(JSON.stringify(value, undefined, indent)));
  const put = fc.constantFrom("", ",", "[", "]", "{", "}", '"', "\\", ":", "0", "1", "-", ".", "e", "t", " ", "\n", "\r", "\x01", "\xff", "null", "'", "/**/", "//\n", "\\u00e9", "\\/", "[]", "1.5");
  return fc.tuple(json, fc.array(fc.tuple(fc.nat(), put), { maxLength: 2 })).map(([text, changes]) => {
    return changes.reduce((before, [at, what]) => before.slice(0, at % (before.length + 1)) + what + before.slice((at % (before.length + 1)) + (at & 1)), text);
  });
}

/** The same JSON with nothing but ASCII. */
function escaped(text: string): string {
  return text.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The value as it is on the board: every string as the bytes of its UTF-8, and no object with a prototype from a name. */
function asBytes(value: unknown): unknown {
  if (typeof value === "string") return Buffer.from(value).toString("latin1");
  if (Array.isArray(value)) return value.map(asBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name === "__proto__" ? "__proto__ " : bytesOf(name), asBytes(each)]));
}

let bundle: BuiltBundle;
before(async () => {
  const built = await buildPrograms("json-reader");
  bundle = built.bundles["json-reader"]!;
});

for (const target of TARGETS.filter(({ engine, form }) => engine === "espruino" && (isLong || form === "minified"))) {
  describe(`JSON reader on a real interpreter, ${target.form}`, { skip: target.skip }, () => {
    let all = [...VALID.map(({ text }) => text), ...INVALID.map(([text]) => text)];
    let board: DeviceBoard;
    before(async () => {
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
      const hasUnicode = (await board.ask('print("@ "+(JSON.parse("\\"\\\\u20ac\\"").charCodeAt(0)===8364))')) as boolean;
      // Such firmware prints characters above U+FFFF wrong.
      if (hasUnicode) all = all.filter((text) => !/\\ud|\xf0/i.test(text));
    });
    after(() => board.stop());

    /** Reads texts on the board, as many at once as it can hold: each must give what it gives on the computer, byte by byte. */
    async function check(texts: string[], paths: JsonPath[], pieceBytes: number): Promise<void> {
      const count = Math.ceil(BATCH_BYTES / Math.max(...texts.map(({ length }) => length)));
      const batch = texts.slice(0, count);
      let answer = await board.call("readAll", { texts: batch.map((text) => Buffer.from(text, "latin1").toString("base64")), paths, pieceBytes });
      for (const [index, text] of batch.entries()) {
        if (index > 0) answer = await board.answer();
        assert.deepEqual(rounded(answer), rounded(eventsOf(readers.plain, cut(text, 1), paths)), text);
      }
      if (count < texts.length) await check(texts.slice(count), paths, pieceBytes);
    }

    test("reports what it reports on a computer", () => check(all, WHOLE, 1e6));
    test("byte by byte too", () => check(all.filter((text) => text.length < 20), WHOLE, 1));
    const sample = (from: number): string[] => all.filter((_, index) => index % SAMPLE === from % SAMPLE).map(skipped);
    test("checks as strictly what it skips", () => check(sample(0), SKIPPED, 1e6));
    test("also in pieces", () => check(sample(1), SKIPPED, 101));
    test("the deepest text that the limit allows, and deeper ones", async () => {
      const deep = (depth: number): string => '{"a":['.repeat(depth / 2) + "]}".repeat(depth / 2);
      await check([deep(32), deep(34), deep(1000), "[".repeat(1500)], WHOLE, 536);
      await check([deep(30), deep(34), deep(1000), "[".repeat(1500)].map(skipped), SKIPPED, 536);
    });
    test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
  });
}

/**
 * Without the last digits of a number, which the firmware prints as it likes, and with texts as characters: firmware with Unicode
 * support makes characters of bytes that are UTF-8.
 */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number(value.toPrecision(11));
  if (typeof value === "string") return asCharacters(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [asCharacters(name), rounded(each)]));
}

function asCharacters(text: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
}
