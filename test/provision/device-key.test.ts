import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync, KeyObject } from "node:crypto";
import { test } from "node:test";
import { selfSignedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { readDeviceKey } from "../../scripts/provision/device-key.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;

function bytes(key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1", format: "pem" | "der"): Buffer {
  return Buffer.from(format === "pem" ? key.export({ type, format }) as string : key.export({ type, format }) as Buffer);
}

const FORMS: ["RSA" | "EC", KeyObject, "pkcs1" | "pkcs8" | "sec1"][] = [["RSA", rsa, "pkcs1"], ["RSA", rsa, "pkcs8"], ["EC", ec, "sec1"], ["EC", ec, "pkcs8"]];
for (const [kind, key, type] of FORMS) {
  for (const format of ["pem", "der"] as const) {
    test(`${kind} as ${type} in ${format} becomes ${kind === "RSA" ? "PKCS#1" : "SEC1"} in DER`, () => {
      const read = readDeviceKey(bytes(key, type, format));
      const written = createPrivateKey({ key: read.der, format: "der", type: kind === "RSA" ? "pkcs1" : "sec1" });
      assert.ok(written.equals(key));
      assert.equal(read.description, kind === "RSA" ? "RSA with 2048 bits" : "EC on P-256");
      assert.equal(read.isEc, kind === "EC");
    });
  }
}

test("an EC key without its public key gets it: firmware with a file system takes what has at most 100 bytes for a file's name", () => {
  const { d } = ec.export({ format: "jwk" });
  // ECPrivateKey (RFC 5915) with version, private key and named curve only.
  const bare = Buffer.concat([Buffer.from("30310201010420", "hex"), Buffer.from(d!, "base64url"), Buffer.from("a00a06082a8648ce3d030107", "hex")]);
  const { der } = readDeviceKey(bare);
  assert.ok(der.length > 100);
  assert.ok(createPrivateKey({ key: der, format: "der", type: "sec1" }).equals(ec));
});

test("text around the PEM block, Windows line ends, and EC parameters before it do no harm", () => {
  const pem = `Bag Attributes\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${bytes(ec, "sec1", "pem")}`.replaceAll("\n", "\r\n");
  assert.ok(readDeviceKey(Buffer.from(pem)).key.equals(ec));
});

test("P-384 is taken", () => {
  assert.equal(readDeviceKey(bytes(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey, "pkcs8", "pem")).description, "EC on P-384");
});

function encrypted(type: "pkcs1" | "pkcs8" | "sec1", key: KeyObject, format: "pem" | "der" = "pem"): Buffer {
  return Buffer.from(key.export({ type, format: format as "pem", cipher: "aes-256-cbc", passphrase: "p" }));
}

const certificate = await selfSignedCertificate({ names: ["device"] });
const REFUSED: [string, Buffer, RegExp][] = [
  ["an encrypted PKCS#8 key", encrypted("pkcs8", rsa), /^it is encrypted.*openssl pkey -in FILE -out NEW-FILE/],
  ["an encrypted PKCS#1 key", encrypted("pkcs1", rsa), /^it is encrypted/],
  ["an encrypted SEC1 key", encrypted("sec1", ec), /^it is encrypted/],
  ["an encrypted key in DER", encrypted("pkcs8", rsa, "der"), /Is it encrypted, or a \.p12 file\? Then: openssl pkey/],
  ["the public key", Buffer.from(createPublicKey(rsa).export({ type: "spki", format: "pem" })), /^it is the public key\..*-private\.pem\.key/],
  ["the public key as PKCS#1", Buffer.from(createPublicKey(rsa).export({ type: "pkcs1", format: "pem" })), /^it is the public key/],
  ["the public key in DER", createPublicKey(ec).export({ type: "spki", format: "der" }), /^it is the public key/],
  ["a certificate", Buffer.from(certificate.pem), /^it is a certificate\..*-private\.pem\.key/],
  ["a certificate in DER", certificate.der, /^it is a certificate/],
  ["an SSH key", Buffer.from("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"), /^it is an SSH key/],
  ["two keys", Buffer.concat([bytes(rsa, "pkcs8", "pem"), bytes(ec, "pkcs8", "pem")]), /^it holds 2 private keys/],
  ["half a key", bytes(rsa, "pkcs8", "pem").subarray(0, 800), /^it was cut short/],
  ["a key with a piece missing", Buffer.from(bytes(rsa, "pkcs8", "pem").toString().replace(/\n[^-\n]{64}\n/, "\n")), /^its PRIVATE KEY cannot be read/],
  ["half a key in DER", bytes(rsa, "pkcs8", "der").subarray(0, 800), /^it is neither a PEM text nor a private key in DER/],
  ["another text", Buffer.from("hello"), /^it is neither/],
  ["RSA with 1024 bits", bytes(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey, "pkcs8", "pem"), /^it is RSA with 1024 bits\. The board can use RSA with 2048 to 4096 bits, and EC on P-256 and P-384/],
  ["P-521", bytes(generateKeyPairSync("ec", { namedCurve: "secp521r1" }).privateKey, "pkcs8", "pem"), /^it is EC on secp521r1\./],
  ["Ed25519", bytes(generateKeyPairSync("ed25519").privateKey, "pkcs8", "pem"), /^it is of type ed25519\./],
];
for (const [what, content, message] of REFUSED) {
  test(`${what} is refused with what to do, and nothing of it is told`, () => {
    assert.throws(() => readDeviceKey(content), (error: Error) => {
      assert.match(error.message, message);
      const lines = content.toString("latin1").split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));
      assert.ok(lines.every((line) => !error.message.includes(line)));
      return true;
    });
  });
}
