import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { secretShapes } from "./secret-shapes.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Keys that were made to be public, for tests with certificates of every kind: making them takes minutes. Each is named, so that no other slips in. */
const TEST_KEYS = [
  "ed25519", "p-256-b", "p-256-c", "p-256", "p-384-b", "p-384", "p-521", "rsa-1024", "rsa-2048-b", "rsa-2048-c", "rsa-2048", "rsa-3072", "rsa-4096-b", "rsa-4096", "rsa-8192",
].map((name) => `test/fixtures/certificates/keys/${name}.pem`);

/** What git has in its index; undefined when this is no checkout. */
function trackedFiles(): string[] | undefined {
  try {
    return execFileSync("git", ["-C", ROOT, "ls-files", "-z"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\0").filter((path) => path !== "");
  } catch {
    return undefined;
  }
}

const tracked = existsSync(join(ROOT, ".git")) ? trackedFiles() : undefined;

test("git tracks nothing that looks like a secret", { skip: tracked ? false : "this is no git checkout" }, () => {
  const files = (tracked ?? []).filter((path) => statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() && !TEST_KEYS.includes(path));
  assert.ok(files.includes("package.json"));
  const found = files.flatMap((path) => secretShapes(path, readFileSync(join(ROOT, path))).map((what) => `${path}: ${what}`));
  assert.deepEqual(found, [], "take it out of git and consider it known to everybody; a test's own key is named in TEST_KEYS");
});

test("git ignores where secrets are kept", { skip: tracked ? false : "this is no git checkout" }, () => {
  const paths = ["settings.json", "certs/device/certificate.pem.crt", "certs/device/private.pem.key", "certs/device/a.pem", "any.key"];
  const ignored = execFileSync("git", ["-C", ROOT, "check-ignore", ...paths], { encoding: "utf8" }).trim().split("\n");
  assert.deepEqual(ignored, paths);
});

const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = privateKey.export({ type: "sec1", format: "pem" }) as string;
const part = "aB3".repeat(15);
const SECRETS: [string, string, string | Buffer][] = [
  ["a name for secrets", "settings.json", "{}"],
  ["a name for secrets", "boards/settings.json", "{}"],
  ["a name for secrets", "x/0a1b-private.pem.key", "x"],
  ["a name for secrets", "certs/device/certificate.pem.crt", "x"],
  ["a private key in PEM", "a.txt", `text\n${pem}`],
  ["a private key in PEM", "a.pem", pem.replaceAll("\n", "\r\n")],
  ["a private key in PEM", "a.ts", `const key = ${JSON.stringify(pem)};`],
  ["a private key in PEM", "a.pem", `-----BEGIN RSA ${"PRIVATE"} KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n${part}\n`],
  ["a private key in DER", "a.der", privateKey.export({ type: "pkcs8", format: "der" })],
  ["a private key in DER", "a.bin", privateKey.export({ type: "sec1", format: "der" })],
  ["an AWS access key id", "a.md", `id ${"AKIA"}${"A1B2".repeat(4)}.`],
  ["a GitHub token", "a.md", `"${"ghp"}_${"a1B2".repeat(9)}"`],
  ["a JSON Web Token", "a.md", ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", part].join(".")],
  ["a bearer token", "a.http", `Authorization: ${"Bearer"} ${part}`],
];
for (const [what, path, content] of SECRETS) {
  test(`${path} with ${what} is found`, () => assert.ok(secretShapes(path, Buffer.from(content)).includes(what)));
}

test("what is no secret is not taken for one", () => {
  const harmless = ["needed: BEGIN PRIVATE KEY", `-----BEGIN ${"PRIVATE"} KEY----- is refused`, "Bearer TOKEN", "eyJ.eyJ.x", publicKey.export({ type: "spki", format: "pem" })];
  for (const text of harmless) assert.deepEqual(secretShapes("settings.example.json", Buffer.from(text)), []);
  assert.deepEqual(secretShapes("a.der", publicKey.export({ type: "spki", format: "der" })), []);
});
