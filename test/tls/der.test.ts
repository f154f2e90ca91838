// The DER reader against the rules of X.690 and against bytes that nobody meant as DER.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { buildCertificateModules } from "./certificate-bundle.ts";
import type { CertificateBuild, Cursor } from "./certificate-bundle.ts";
import { element } from "./certificate-der.ts";
import { watchBytes } from "./der-steps.ts";

const SEED = 690;
const ANY = 0;
const OCTET_STRING = 0x04;
const ELEMENTS_MAX = 500;
const E_CERTIFICATE = { code: "E_CERTIFICATE", phase: "handshake" };

let builds: CertificateBuild[];
before(async () => { builds = await buildCertificateModules(); });

for (const name of ["plain", "minified", "counted"] as const) {
  describe(`DER reader, ${name}`, () => {
    const modules = (): CertificateBuild["modules"] => builds.find((build) => build.name === name)!.modules;
    const enterAll = (bytes: string, tag = ANY, end = bytes.length): { at: number; next: number } => {
      const cursor = modules().openDer(bytes);
      const next = modules().enter(cursor, tag, end);
      return { at: cursor.at, next };
    };

    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      test(`enters an element of ${length} bytes and finds its end`, () => {
        const bytes = element(OCTET_STRING, "x".repeat(length)).toString("latin1");
        assert.deepEqual(enterAll(`${bytes}more`), { at: bytes.length - length, next: bytes.length });
      });
    }

    const refused: [what: string, bytes: string][] = [
      ["nothing", ""],
      ["a tag alone", "\x04"],
      ["contents that are cut short", "\x04\x03ab"],
      ["an indefinite length", "\x30\x80\0\0"],
      ["a length in one byte too many", "\x04\x81\x7f" + "x".repeat(127)],
      ["a length with a leading zero", "\x04\x82\0\x80" + "x".repeat(128)],
      ["a length in four bytes", "\x04\x84\0\0\0\x01x"],
      ["a length in 127 bytes", "\x04\xff" + "\x01".repeat(200)],
      ["a length that is cut short", "\x04\x82\x01"],
      ["a length whose bytes are missing", "\x04\x83"],
    ];
    for (const [what, bytes] of refused) {
      test(`refuses ${what}`, () => { assert.throws(() => enterAll(bytes), E_CERTIFICATE); });
    }

    test("refuses another tag than the wanted one", () => {
      assert.equal(enterAll("\x04\x01a", OCTET_STRING).next, 3);
      assert.throws(() => enterAll("\x30\x01a", OCTET_STRING), E_CERTIFICATE);
    });

    test("refuses an element that reaches beyond the one around it, though the bytes go on", () => {
      assert.throws(() => enterAll("\x04\x03abc", ANY, 4), E_CERTIFICATE);
    });

    test(`refuses the element after ${ELEMENTS_MAX}`, () => {
      const bytes = "\x04\0".repeat(ELEMENTS_MAX + 1);
      const cursor = modules().openDer(bytes);
      for (let i = 0; i < ELEMENTS_MAX; i++) cursor.at = modules().enter(cursor, ANY, bytes.length);
      assert.throws(() => modules().enter(cursor, ANY, bytes.length), E_CERTIFICATE);
    });

    test("any bytes: the contents lie inside, or it is refused", () => {
      const start = fc.oneof(fc.constant(0), fc.nat({ max: 40 }));
      fc.assert(fc.property(derLike, start, fc.nat({ max: 800 }), (text, at, end) => {
        const watched = watchBytes(text);
        const cursor: Cursor = { ...modules().openDer(watched.bytes), at: Math.min(at, text.length) };
        const from = cursor.at;
        const limit = Math.min(end, text.length);
        const next = orRefused(() => modules().enter(cursor, ANY, limit));
        assert.ok(watched.looks() <= 8);
        assert.ok(next === undefined || (from + 2 <= cursor.at && cursor.at <= next && next <= limit));
        assert.deepEqual(next, elementEnd(text, from, limit));
      }), { seed: SEED, numRuns: 3000 });
    });

    test("seek finds what a walk over all elements finds", () => {
      const contents = fc.constantFrom("", "a", "ab", "abc", "b", "\x04\x02ab", "x".repeat(130) + "ab", "ab" + "x".repeat(300));
      fc.assert(fc.property(fc.array(contents, { maxLength: 12 }), fc.constantFrom("a", "ab", "abc", "x"), (all, wanted) => {
        const bytes = all.map((text) => element(OCTET_STRING, text).toString("latin1")).join("");
        const cursor = modules().openDer(bytes);
        const found: string[] = [];
        for (let next = 0; (next = modules().seek(cursor, wanted, bytes.length, bytes)); cursor.at = next) {
          found.push(bytes.slice(cursor.at, next));
        }
        assert.deepEqual(found, all.filter((text) => text.startsWith(wanted)));
      }), { seed: SEED, numRuns: 1000 });
    });

    test("seek in any bytes ends after a bounded number of steps", () => {
      fc.assert(fc.property(derLike, fc.constantFrom("\x04", "a", "\0", ""), (text, wanted) => {
        const watched = watchBytes(text.repeat(40));
        const cursor = modules().openDer(watched.bytes);
        orRefused(() => modules().seek(cursor, wanted, text.length * 40, watched.bytes));
        assert.ok(watched.looks() <= 8 * (ELEMENTS_MAX + 2), `${watched.looks()} steps`);
      }), { seed: SEED, numRuns: 1000 });
    });
  });
}

// Bytes that often look like tags and lengths, some of them with enough behind them for a length of two bytes.
const derLike = fc.tuple(fc.array(fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("\x04", "\x30", "\x80", "\x81", "\x82", "\x83", "\x84", "\0", "\x01", "\x02", "\x7f", "\xff", "a") },
  { weight: 1, arbitrary: fc.constantFrom("\x30\x82\0\x80", "\x30\x82\x01\0", "\x04\x81\x7f", "\x04\x83\0\x01\0") },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) },
), { maxLength: 160 }), fc.constantFrom(0, 130, 600)).map(([bytes, more]) => bytes.join("") + "x".repeat(more));

/** Gives what `read` gives, or undefined when it raises E_CERTIFICATE; any other exception fails the test. */
function orRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.equal((error as { code?: string }).code, "E_CERTIFICATE", String(error));
    return undefined;
  }
}

// X.690 8.1.3 and 10.1 once more, the plain way.
function elementEnd(text: string, at: number, end: number): number | undefined {
  const bytes = Buffer.from(text.slice(at, end), "latin1");
  const first = bytes[1];
  if (first === undefined || first === 0x80 || first > 0x83) return undefined;
  const count = first < 0x80 ? 0 : first - 0x80;
  if (bytes.length < 2 + count) return undefined;
  const length = count === 0 ? first : bytes.readUIntBE(2, count);
  const isShortest = count === 0 || (length > 127 && bytes[2] !== 0);
  return isShortest && 2 + count + length <= bytes.length ? at + 2 + count + length : undefined;
}
