// Pins in the forms people paste, against digests made by Node's own crypto.

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { buildCertificateModules } from "./certificate-bundle.ts";
import type { CertificateBuild } from "./certificate-bundle.ts";
import { certificate } from "./certificate-der.ts";

const SEED = 7469;

const DER = certificate();
const NODE = new X509Certificate(Buffer.from(DER, "latin1"));
const KEY_INFO = NODE.publicKey.export({ type: "spki", format: "der" });
const KEY_DIGEST = createHash("sha256").update(KEY_INFO).digest("base64");
const OTHER_KEY_DIGEST = createHash("sha256").update("another key").digest("base64");

let builds: CertificateBuild[];
before(async () => { builds = await buildCertificateModules(); });

for (const build of ["plain", "minified", "counted"] as const) {
  describe(`pins, ${build}`, () => {
    const modules = (): CertificateBuild["modules"] => builds.find(({ name }) => name === build)!.modules;
    const matches = (text: string): boolean => modules().matchesPin(modules().parsePin(text), DER, KEY_INFO.toString("latin1"));

    test("a fingerprint is lower-case hex of the digest", () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        assert.equal(modules().fingerprint(text, "SHA256"), createHash("sha256").update(bytes).digest("hex"));
        assert.equal(modules().fingerprint(text, "SHA1"), createHash("sha1").update(bytes).digest("hex"));
      }), { seed: SEED, numRuns: 200 });
    });

    const forms: [what: string, write: (colons: string) => string][] = [
      ["with colons", (colons) => colons],
      ["in lower case", (colons) => colons.toLowerCase()],
      ["with blanks", (colons) => colons.replaceAll(":", " ")],
      ["with nothing between the bytes", (colons) => colons.replaceAll(":", "")],
      ["with colons and blanks", (colons) => ` ${colons.replaceAll(":", ": ")} `],
      ["in mixed case", (colons) => colons.replaceAll("A", "a")],
    ];
    for (const [what, write] of forms) {
      test(`a fingerprint of the certificate ${what} matches it and no other`, () => {
        for (const colons of [NODE.fingerprint256, NODE.fingerprint]) {
          assert.ok(matches(write(colons)), colons);
          assert.equal(matches(write(changeLast(colons))), false);
        }
      });
    }

    test("a digest of the public key matches it and no other, with one slash or two", () => {
      for (const form of ["sha256/", "sha256//"]) {
        assert.ok(matches(form + KEY_DIGEST));
        assert.equal(matches(form + OTHER_KEY_DIGEST), false);
      }
    });

    test("a digest of the public key that begins with a slash is read whole", () => {
      const digest = `/${"A".repeat(42)}=`;
      assert.equal(modules().parsePin(`sha256/${digest}`), digest);
      assert.equal(modules().parsePin(`sha256//${digest}`), digest);
    });

    test("a fingerprint of the certificate is not taken for one of its key", () => {
      const ofCertificate = createHash("sha256").update(DER, "latin1").digest("base64");
      const ofKey = createHash("sha256").update(KEY_INFO).digest("hex");
      assert.equal(matches(`sha256/${ofCertificate}`), false);
      assert.equal(matches(ofKey), false);
    });

    const refused: unknown[] = [
      "", " ", ":", "AA", NODE.fingerprint256.slice(3), `${NODE.fingerprint256}:00`, NODE.fingerprint256.slice(1), NODE.fingerprint256.replace(/.$/, "G"),
      NODE.fingerprint256.replaceAll(":", "-"), `SHA256 Fingerprint=${NODE.fingerprint256}`, NODE.fingerprint512,
      KEY_DIGEST, `sha256/${KEY_DIGEST.slice(1)}`, `sha256/${KEY_DIGEST}=`, `sha256/x${KEY_DIGEST}`, `sha1/${KEY_DIGEST}`, `SHA256/${KEY_DIGEST}`,
      `sha256/${KEY_DIGEST.replace("=", "A")}`, `sha256/${KEY_DIGEST.slice(0, 20)} ${KEY_DIGEST.slice(21)}`, `sha256/${"-_".repeat(21)}A=`, `sha256/=${"A".repeat(42)}=`,
      undefined, null, 5, {}, [],
    ];
    for (const pin of refused) {
      test(`${JSON.stringify(pin) ?? "undefined"} is refused by name`, () => {
        assert.throws(() => modules().parsePin(pin), { code: "E_OPTION", phase: "options", message: `pin: ${JSON.stringify(pin)}` });
      });
    }

    test("any text is a pin of a known form or is refused", () => {
      const piece = fc.constantFrom("sha256/", "A", "a1", ":", " ", "=", "/", "+", "00".repeat(19), "ff".repeat(31), "B".repeat(43), "g");
      fc.assert(fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        try {
          assert.match(modules().parsePin(pieces.join("")), /^([\da-f]{64}|[\da-f]{40}|[A-Za-z\d+/]{43}=)$/);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "E_OPTION");
        }
      }), { seed: SEED, numRuns: 2000 });
    });
  });
}

function changeLast(fingerprint: string): string {
  return fingerprint.slice(0, -1) + (fingerprint.endsWith("0") ? "1" : "0");
}
