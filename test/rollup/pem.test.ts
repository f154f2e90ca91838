import assert from "node:assert/strict";
import { generateKeyPairSync, webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import "reflect-metadata";
import { BasicConstraintsExtension, X509CertificateGenerator } from "@peculiar/x509";
import type { X509Certificate } from "@peculiar/x509";
import { buildBundle } from "../../scripts/build.ts";
import { bundleOf } from "../../scripts/rollup/bundle.ts";
import { readTrustAnchor } from "../../scripts/rollup/pem.ts";

const NOW = new Date("2025-06-01T00:00:00Z");
const PRIVATE_KEY = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

interface Wanted {
  name: string;
  from?: string;
  to?: string;
  ca?: boolean;
}

async function makeCertificate({ name, from = "2025-01-01", to = "2026-01-01", ca = true }: Wanted): Promise<X509Certificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01", name: `CN=${name}`, notBefore: new Date(from), notAfter: new Date(to), signingAlgorithm: algorithm,
    keys: keys as never, extensions: [new BasicConstraintsExtension(ca, undefined, true)],
  }, webcrypto as never);
}

describe("readTrustAnchor()", () => {
  let root: X509Certificate;
  before(async () => {
    root = await makeCertificate({ name: "root" });
  });

  const refuses = (text: string, message: RegExp): void => assert.throws(() => readTrustAnchor(text, NOW), { message });

  test("gives the DER of a root, comments around it or not", () => {
    const { der, warnings } = readTrustAnchor(`# Subject: root\r\n${root.toString("pem").replaceAll("\n", "\r\n")}\r\n# end`, NOW);
    assert.deepEqual(der, Buffer.from(root.rawData));
    assert.deepEqual(warnings, []);
  });

  test("refuses an empty file and one without PEM", () => {
    refuses("", /no certificate \(found: no PEM block at all/);
    refuses("\x30\x82\x01\x02", /openssl x509 -inform der/);
  });

  test("refuses another kind of PEM and names it", () => refuses("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", /found: BEGIN PUBLIC KEY/));

  test("refuses a private key, also beside a certificate", () => {
    refuses(PRIVATE_KEY, /a private key \(BEGIN PRIVATE KEY\)/);
    refuses(root.toString("pem") + PRIVATE_KEY, /a private key/);
    refuses(PRIVATE_KEY.replaceAll("PRIVATE", "ENCRYPTED PRIVATE"), /BEGIN ENCRYPTED PRIVATE KEY/);
  });

  test("refuses more than one certificate and lists them", async () => {
    const other = await makeCertificate({ name: "other" });
    refuses(`${root.toString("pem")}\n${other.toString("pem")}`, /2 certificates[^]*CN=root\n {2}CN=other/);
  });

  test("refuses a certificate that was cut short", () => {
    const lines = root.toString("pem").split("\n");
    refuses([...lines.slice(0, 3), ...lines.slice(-1)].join("\n"), /cannot be read/);
  });

  test("refuses one that has expired", async () => {
    refuses((await makeCertificate({ name: "old", to: "2025-05-31" })).toString("pem"), /"CN=old" expired on May 31/);
  });

  test("refuses one that is not valid yet", async () => {
    refuses((await makeCertificate({ name: "new", from: "2025-06-02" })).toString("pem"), /"CN=new" is not valid before Jun {2}2/);
  });

  test("warns about a server's own certificate", async () => {
    const { warnings } = readTrustAnchor((await makeCertificate({ name: "leaf", ca: false })).toString("pem"), NOW);
    assert.match(warnings.join(), /"CN=leaf" is a server's own certificate/);
  });
});

describe("import of a .pem file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pem-"));
  after(() => rmSync(folder, { recursive: true }));

  test("stops the build with the file's name when it cannot serve", async () => {
    writeFileSync(join(folder, "secret.pem"), PRIVATE_KEY);
    writeFileSync(join(folder, "main.ts"), 'import ca from "./secret.pem";\nprint(ca());\n');
    const build = buildBundle(bundleOf("app", "main", join(folder, "main.ts"), join(folder, "dist")));
    await assert.rejects(build, /Cannot embed .*secret\.pem: it holds a private key/);
  });
});
