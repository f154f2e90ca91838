// Authorisation, forms, queries and relative references: by their standards, the same on a computer, the virtual board and a real
// interpreter.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, DeviceBoard, MINIFIED_TARGETS } from "./board-run.ts";
import { loadPureModules, type PureModules } from "./pure-modules.ts";

/** A text as it is on a board: the bytes of its UTF-8. */
const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
const BASE = "http://a/b/c/d;p?q";

type Made = string | { code: string; message: string };
type Case = [maker: string, args: unknown[], made: Made | RegExp];

const CASES: Case[] = [
  // RFC 7617 2 and 2.1
  ["basic", ["Aladdin", "open sesame"], "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
  ["basic", ["test", utf8("123£")], "Basic dGVzdDoxMjPCow=="],
  ["basic", ["", ":"], `Basic ${base64("::")}`],
  ["basic", ["a:b", "secret"], /^E_OPTION user: "a:b"$/],
  ["basic", ["a\nb", "secret"], /^E_OPTION user: /],
  ["basic", ["a", "secret\r"], /^E_OPTION password has/],
  ["basic", ["a", "secret\x7f"], /^E_OPTION password has/],
  ["basic", ["a"], /^E_OPTION password has/],
  // RFC 6750 2.1
  ["bearer", ["mF_9.B5f-4.1JqM"], "Bearer mF_9.B5f-4.1JqM"],
  ["bearer", ["a~+/=="], "Bearer a~+/=="],
  ...["", "secret token", "secret\r\nX: y", "=secret", "secret=x", "secret\u00e9", "secret\0", undefined].map((token): Case => ["bearer", [token], /^E_OPTION token has/]),
  // RFC 3986 2.3, and 2.5 for the bytes
  ["percentEncode", ["AZaz09-._~"], "AZaz09-._~"],
  ["percentEncode", ["!#$&'()*+,/:;=?@[] %\0\n\x7f"], "%21%23%24%26%27%28%29%2A%2B%2C%2F%3A%3B%3D%3F%40%5B%5D%20%25%00%0A%7F"],
  ["percentEncode", [utf8("é€😀")], "%C3%A9%E2%82%AC%F0%9F%98%80"],
  ["percentEncode", ["\xe9\xff"], "%E9%FF"],
  ["encodeQuery", [{ q: "a b&c=d", "n m": 1.5, yes: true, no: false, list: ["x", 2, null].slice(0, 2), empty: "", none: [] }], "q=a%20b%26c%3Dd&n%20m=1.5&yes=true&no=false&list=x&list=2&empty="],
  ["encodeQuery", [{}], ""],
  ["encodeQuery", [{ a: null }], /^E_OPTION a: null$/],
  ["encodeQuery", [{ a: { b: 1 } }], /^E_OPTION a: {"b":1}$/],
  // WHATWG URL 5.2
  ["encodeForm", [{ "a b": "c+d~*-._", c: utf8("€ ") }], "a+b=c%2Bd%7E*-._&c=%E2%82%AC+"],
];

/** RFC 3986 5.4, without the fragments, which no server is sent; what has no authority is refused. */
const REFERENCES: Record<string, string | RegExp> = {
  "g:h": /^E_REDIRECT/, "g": "http://a/b/c/g", "./g": "http://a/b/c/g", "g/": "http://a/b/c/g/", "/g": "http://a/g", "//g": "http://g/", "?y": "http://a/b/c/d;p?y",
  "g?y": "http://a/b/c/g?y", "#s": "http://a/b/c/d;p?q", "g#s": "http://a/b/c/g", "g?y#s": "http://a/b/c/g?y", ";x": "http://a/b/c/;x", "g;x": "http://a/b/c/g;x",
  "": "http://a/b/c/d;p?q", ".": "http://a/b/c/", "./": "http://a/b/c/", "..": "http://a/b/", "../": "http://a/b/", "../g": "http://a/b/g", "../..": "http://a/",
  "../../": "http://a/", "../../g": "http://a/g", "../../../g": "http://a/g", "../../../../g": "http://a/g", "/./g": "http://a/g", "/../g": "http://a/g",
  "g.": "http://a/b/c/g.", ".g": "http://a/b/c/.g", "g..": "http://a/b/c/g..", "..g": "http://a/b/c/..g", "./../g": "http://a/b/g", "./g/.": "http://a/b/c/g/",
  "g/./h": "http://a/b/c/g/h", "g/../h": "http://a/b/c/h", "g;x=1/./y": "http://a/b/c/g;x=1/y", "g;x=1/../y": "http://a/b/c/y", "g?y/./x": "http://a/b/c/g?y/./x",
  "g?y/../x": "http://a/b/c/g?y/../x", "http:g": /^E_REDIRECT/, "g//../h": "http://a/b/c/g/h", "HTTPS://G:443/X?Y": "https://g/X?Y", "https://g:80/": "https://g:80/",
  "//g?x": "http://g/?x", "a:b": /^E_REDIRECT/, "./a:b": "http://a/b/c/a:b", "//u@g/": /^E_REDIRECT/, "//g:x/": /^E_REDIRECT/, "///x": /^E_REDIRECT/, "\\\\g\\x": "http://a/b/c/\\\\g\\x",
};

const cases = [...CASES, ...Object.entries(REFERENCES).map(([reference, made]): Case => ["resolve", [BASE, reference], made])];

function assertMade(actual: Made, [maker, args, made]: Case): void {
  const what = `${maker}(${JSON.stringify(args)})`;
  const text = typeof actual === "string" ? actual : `${actual.code} ${actual.message}`;
  if (typeof made === "string") assert.equal(text, made, what);
  else assert.match(text, made as RegExp, what);
  assert.doesNotMatch(typeof actual === "string" ? "" : text, /secret/, "the secret is in the message");
}

for (const [form, { modules, printed }] of Object.entries(await loadPureModules())) {
  describe(`texts of the web, ${form}, on a computer`, () => {
    test("are as their standards say", () => cases.forEach((each) => assertMade(makeHere(modules, each), each)));

    test("an undefined field is left out", () => {
      assert.equal(modules.encodeQuery({ a: undefined, b: [1, undefined, 2] }), "b=1&b=2");
    });

    test("percentEncode agrees with encodeURIComponent, but for the five characters that RFC 3986 reserves", () => {
      fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const expected = encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);
        assert.equal(modules.percentEncode(utf8(text)), expected);
        if (!/[\x80-\xff]/.test(text)) assert.equal(modules.percentEncode(text), expected);
      }));
    });

    test("encodeForm agrees with URLSearchParams", () => {
      fc.assert(fc.property(fc.array(fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.string({ unit: "grapheme" }))), (pairs) => {
        const fields = Object.fromEntries(pairs.filter(([name]) => name !== "__proto__"));
        const bytes = Object.fromEntries(Object.entries(fields).map((pair) => pair.map(utf8)));
        assert.equal(modules.encodeForm(bytes), new URLSearchParams(Object.entries(fields)).toString());
      }));
    });

    test("resolveReference agrees with URL on what both take", () => {
      const segment = fc.constantFrom("..", ".", "a", "b.c", "", "?x=1/../2");
      fc.assert(fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const reference = segments.join("/");
        if (reference.startsWith("//")) return;
        const target = modules.resolveReference(modules.parseUrl("https://h/p/q/r?s"), reference);
        assert.equal(modules.formatUrl(target, target.path), new URL(reference, "https://h/p/q/r?s").href);
      }));
    });

    describe("lines on the console", () => {
      const print = (pieces: string[]): string[] => {
        printed.length = 0;
        const lines = modules.createConsoleLines("| ");
        for (const piece of pieces) modules.printBytes(lines, piece);
        modules.endLines(lines);
        return [...printed];
      };

      test("are the same however the bytes are split", () => {
        const text = `one\r\n\r\n  two\nlong ${"x".repeat(250)}\n${"y".repeat(100)}\r\nlast`;
        const whole = print([text]);
        assert.deepEqual(print([...text]), whole);
        assert.deepEqual(whole.slice(0, 3), ["| one", "| ", "|   two"]);
        assert.equal(whole.at(-1), "| last");
        assert.equal(whole.map((line) => line.slice(2)).join("").length, text.replace(/[\r\n]/g, "").length);
        assert.ok(whole.every((line) => line.length <= 103));
      });

      test("are cut between characters, wherever in a line these stand", () => {
        for (const before of ["", "a", "ab"]) {
          const text = before + "\u00e9\u6771\u{1f600}".repeat(30);
          const whole = print([utf8(text)]);
          assert.equal(whole.map((line) => new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(line.slice(2), "latin1"))).join(""), text);
          assert.deepEqual(print([...utf8(text)]), whole);
        }
      });

      test("hold nothing that a terminal obeys, and none is taken for the program's own", () => {
        assert.deepEqual(print(["\x1b[2J\x07\x00=== done\n=== done\n\tä\n"]), ["| .[2J..=== done", "| === done", "| \tä"]);
      });
    });
  });
}

function makeHere(modules: PureModules, [maker, args]: Case): Made {
  const resolve = (base: string, reference: string): string => {
    const target = modules.resolveReference(modules.parseUrl(base), reference);
    return modules.formatUrl(target, target.path);
  };
  const makers = { ...modules, resolve } as unknown as Record<string, (...values: unknown[]) => string>;
  try {
    return makers[maker]!(...args);
  } catch (error) {
    return error as { code: string; message: string };
  }
}

for (const target of MINIFIED_TARGETS) {
  describe(`texts of the web, ${target.engine} engine`, { skip: target.skip }, () => {
    let board: DeviceBoard;
    let bundle: BuiltBundle;
    before(async () => {
      const built = await buildPrograms("web-texts");
      bundle = built.bundles["web-texts"]!;
      board = await DeviceBoard.start(target);
      assert.equal(await board.load(bundle, target.form), "ready");
    });
    after(async () => {
      await board.stop();
    });

    test("are as their standards say", async () => {
      // JSON has no undefined.
      const asked = cases.filter(([, args]) => !args.includes(undefined));
      const made = (await board.call("make", asked.map(([maker, args]) => ({ maker, json: inAscii(args) })))) as Made[];
      asked.forEach((each, index) => assertMade(made[index]!, each));
    });

    test("literals of the source are UTF-8, names too", async () => {
      assert.deepEqual(await board.call("make", [{ maker: "literals", json: "[]" }]), ["%C3%A9=%E2%82%AC+%F0%9F%98%80"]);
    });

    test("characters above U+00FF are encoded where the firmware has them; elsewhere JSON.parse makes a byte of one", async () => {
      const made = await board.call("make", [{ maker: "percentEncode", json: inAscii(["a€b"]) }]);
      assert.deepEqual(made, [(await hasUnicode(board)) ? "a%E2%82%ACb" : "a%ACb"]);
    });

    test("the firmware complained about nothing", () => assert.deepEqual(board.complaints(), []));
  });
}

async function hasUnicode(board: DeviceBoard): Promise<boolean> {
  return (await board.ask('print("@ "+(JSON.parse("\\"\\\\u20ac\\"").charCodeAt(0)===8364))')) as boolean;
}

/** JSON in which each character above ASCII is an escape, so that the console sends it as what it is. */
function inAscii(value: unknown): string {
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
