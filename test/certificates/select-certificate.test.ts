// What `certs -- add` takes from a file or by a name. Servers are in fetch-chain.test.ts, choices in choose-anchor.test.ts.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { rootCertificates } from "node:tls";
import { readCertificate } from "../../scripts/certificates/certificate.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import { NothingToEmbed, selectCertificate, type Selection, type SelectOptions } from "../../scripts/certificates/select-certificate.ts";
import { successorsOf } from "../../scripts/certificates/successors.ts";
import { issue } from "./issue.ts";

const folder = mkdtempSync(join(tmpdir(), "espruino-https-select-"));
after(() => rmSync(folder, { recursive: true }));

const root = await issue({ name: "EC root", key: "p-384" });
const middle = await issue({ name: "Middle", key: "p-256", issuer: root });
const leaf = await issue({ name: "local.example", key: "p-256-c", issuer: middle, hosts: ["local.example"] });
const lone = await issue({ name: "lone.example", key: "p-256-c", issuer: root, hosts: ["lone.example"] });
const selfSigned = await issue({ name: "self.example", key: "p-256-c", hosts: ["self.example"] });
const big = await issue({ name: "Big root", key: "rsa-8192" });
const over = await issue({ name: "Old root", key: "p-256", days: [-20, -10] });
const twin = await issue({ name: "EC root", key: "p-384-b" });

function select(source: string, more: Partial<SelectOptions> = {}): Promise<Selection> {
  return selectCertificate(source, { roots: new RootStore([root.der, big.der, over.der]), rootsName: "roots.pem", now: new Date(), ...more });
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe("a file", () => {
  test("with an authority as PEM or DER gives it", async () => {
    for (const path of [file("a.pem", root.pem), file("a.der", root.der), file("b.crt", `some text\n${root.pem}`), file("c.pem", root.pem.replaceAll("\n", "\r\n"))]) {
      const { certificate, from } = await select(path, { roots: new RootStore([]) });
      assert.deepEqual({ sha256: certificate.sha256, from: from.slice(0, 5) }, { sha256: root.sha256, from: path.slice(folder.length + 1) });
    }
  });

  test("with a server's chain gives what to embed, even under a root that only the file has", async () => {
    const chain = file("chain.pem", leaf.pem + middle.pem);
    assert.equal((await select(chain)).certificate.name, "EC root");
    const whole = file("whole.pem", leaf.pem + middle.pem + root.pem);
    assert.equal((await select(whole, { roots: new RootStore([]) })).certificate.name, "EC root");
    await assert.rejects(select(chain, { roots: new RootStore([]) }), (error) => error instanceof NothingToEmbed && error.lines.some((line) => /2\. Middle/.test(line)));
  });

  test("with a server's certificate alone is refused, with what would be right", async () => {
    await assert.rejects(select(file("lone.pem", lone.pem)), /a server's own certificate, which is renewed.*certs -- add "EC root"/s);
    await assert.rejects(select(file("leaf.der", leaf.der)), /the root above CN=Middle: certs -- add https:\/\/HOST/);
    await assert.rejects(select(file("self.pem", selfSigned.pem)), /self-signed.*`pins`/);
  });

  test("with several authorities needs to be told which", async () => {
    const both = file("both.pem", root.pem + middle.pem);
    await assert.rejects(select(both), /2 authorities.*--only NAME:\n {2}"EC root"\n {2}"Middle"/s);
    assert.equal((await select(both, { only: "middle" })).certificate.name, "Middle");
    await assert.rejects(select(both, { only: "Else" }), /no certificate with the name "Else"/);
  });

  test("with a private key is refused, and the key is not shown", async () => {
    const path = file("key.pem", root.pem + root.keyPem);
    const secret = root.keyPem.split("\n")[1]!;
    await assert.rejects(select(path), (error: Error) => /holds a private key/.test(error.message) && !error.message.includes(secret));
  });

  test("with anything else is refused by its name", async () => {
    await assert.rejects(select(file("empty.pem", "")), /empty\.pem: it holds no certificate \(found: no PEM block/);
    await assert.rejects(select(file("p7.pem", "-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n")), /found: BEGIN PKCS7.*openssl pkcs7/);
    await assert.rejects(select(file("p7.der", Buffer.from("3080", "hex"))), /is DER, but no certificate/);
    await assert.rejects(select(file("cut.pem", root.pem.replace(/\n.{64}\n/, "\n"))), /cannot be read.*cut short/);
    await assert.rejects(select(join(folder, "no-such.pem")), /There is no file .*no-such\.pem/);
    await assert.rejects(select(file("big.pem", big.pem)), /Big root" cannot be embedded: an RSA 8192 key is too long for the ESP32/);
    await assert.rejects(select(file("over.pem", over.pem)), /Old root" cannot be embedded: it is valid from/);
  });
});

describe("a name", () => {
  test("finds the root whatever its case", async () => {
    const { certificate, from } = await select("ec ROOT");
    assert.deepEqual({ sha256: certificate.sha256, from }, { sha256: root.sha256, from: "roots.pem" });
  });

  test("that no root has gets those that are near", async () => {
    const roots = new RootStore();
    await assert.rejects(select("isrg root", { roots }), /Near are:\n {2}"ISRG Root X1"\n {2}"ISRG Root X2"$/);
    await assert.rejects(select("letsencrypt", { roots }), /No root in the store has the name "letsencrypt"/);
  });

  test("that several roots have needs the fingerprint", async () => {
    const roots = new RootStore([root.der, twin.der]);
    await assert.rejects(select("EC root", { roots }), new RegExp(`2 roots have the name.*${twin.sha256} \\(EC P-384`, "s"));
    assert.equal((await select("EC root", { roots, fingerprint: twin.sha256.toLowerCase().replaceAll(":", "") })).certificate.sha256, twin.sha256);
  });

  test("of a root that the board cannot use is refused", async () => {
    await assert.rejects(select("Big root"), /too long for the ESP32/);
    await assert.rejects(select("Old root"), /cannot be embedded: it is valid from/);
  });
});

describe("the roots in Node's store", () => {
  const roots = rootCertificates.map((pem) => readCertificate(Buffer.from(pem)));

  test("are read as OpenSSL reads them", () => {
    assert.ok(roots.length > 100);
    for (const each of roots) {
      const { ca, fingerprint256 } = new X509Certificate(each.der);
      assert.deepEqual({ isAuthority: each.isAuthority, sha256: each.sha256 }, { isAuthority: ca, sha256: fingerprint256 });
      assert.match(each.key.text, /^(RSA \d{4}|EC P-\d{3})$/);
    }
  });

  test("hold every successor that is named, but those that are too new", () => {
    const tooNew = ["Root YR", "Root YE"];
    const successors = roots.flatMap(successorsOf);
    assert.ok(successors.length > 10);
    for (const { name } of successors) assert.ok(tooNew.includes(name) || roots.some((each) => each.name === name), name);
  });
});
