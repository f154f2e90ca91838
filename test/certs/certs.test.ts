import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { readTrustAnchor } from "../../scripts/rollup/pem.ts";

const CERTS = new URL("../../certs/", import.meta.url);
const SHIPPED = [
  "amazon-root-ca-1", "amazon-root-ca-3", "gts-root-r1", "gts-root-r4", "isrg-root-x1", "isrg-root-x2",
  "ssl-com-tls-ecc-root-2022", "usertrust-ecc",
];

describe("certs/", () => {
  const files = readdirSync(fileURLToPath(CERTS)).filter((file) => file.endsWith(".pem"));

  test("holds the roots that ship", () => {
    for (const name of SHIPPED) assert.ok(files.includes(`${name}.pem`), name);
  });

  for (const file of files) {
    const text = readFileSync(new URL(file, CERTS), "utf8");
    const certificate = new X509Certificate(text);
    test(`${file} is headed by what it holds`, () => {
      assert.match(text, new RegExp(`^# Subject: ${certificate.subject.replaceAll("\n", ", ").replaceAll(".", "\\.")}$`, "m"));
      assert.match(text, new RegExp(`^# Expires: ${new Date(certificate.validTo).toISOString().slice(0, 10)}$`, "m"));
      assert.match(text, new RegExp(`^# SHA-256: ${certificate.fingerprint256}$`, "m"));
      assert.match(text, /^# From: ./m);
    });

    test(`${file} can be embedded without a warning`, () => assert.deepEqual(readTrustAnchor(text, new Date()).warnings, []));
  }

  for (const name of SHIPPED) {
    test(`${name}.pem is one of Mozilla's roots`, () => {
      const { fingerprint256 } = new X509Certificate(readFileSync(new URL(`${name}.pem`, CERTS)));
      assert.ok(rootCertificates.some((root) => new X509Certificate(root).fingerprint256 === fingerprint256));
    });
  }
});
