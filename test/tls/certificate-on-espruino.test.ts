// The same bundle on a real Espruino, where dates, regular expressions, numbers and native calls have their own ways: it must
// give what it gives on Node.

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runInEspruino } from "../build/run-bundle.ts";
import { buildCertificateModules } from "./certificate-bundle.ts";
import type { CertificateBuild } from "./certificate-bundle.ts";
import { alternativeNames, certificate, dnsNames, element, GENERALIZED_TIME, IP_ADDRESS, UTC_TIME } from "./certificate-der.ts";

const INTERPRETER = process.env["ESPRUINO_BIN"] ?? "";
const SKIP = INTERPRETER === "" ? "ESPRUINO_BIN is not set" : false;
const ROOTS = fileURLToPath(new URL("../../certs/", import.meta.url));
// A program is held in memory while it runs; an ESP32 has about 160 KB for both.
const BATCH_BYTES = 12_000;

const HOSTS = ["www.example.org", "a.b.example.org", "192.0.2.7", "192.0.2.07", "65.66.67.68", "97.98.99.100", "host-99.example.org", ""];

// Run here and there. No function may be used before its declaration.
const HARNESS = `
function attempt(name, args) {
  try { return modules[name].apply(undefined, args); } catch (error) { return error.code || "" + error; }
}
function check(der, hosts) {
  var found = attempt("readCertificate", [der]);
  if (typeof found === "string") return found;
  var answers = [found.subject, found.issuer, found.notBefore, found.notAfter];
  hosts.forEach(function (host) { answers.push(attempt("matchesHost", [found, host])); });
  answers.push(attempt("listNames", [found]).length, attempt("fingerprint", [found.publicKeyInfo, "SHA1"]), attempt("fingerprint", [der, "SHA256"]));
  return answers;
}
function checkPin(text, der) {
  var pin = attempt("parsePin", [text]);
  return [pin, pin.length > 10 && attempt("matchesPin", [pin, der, attempt("readCertificate", [der]).publicKeyInfo])];
}`;

let builds: CertificateBuild[];
before(async () => { if (!SKIP) builds = await buildCertificateModules(); });

for (const name of ["plain", "minified"] as const) {
  describe(`certificates on a real interpreter, ${name}`, { skip: SKIP }, () => {
    const build = (): CertificateBuild => builds.find((each) => each.name === name)!;
    for (const [what, calls] of Object.entries(programs())) {
      test(what, async () => { for (const batch of batches(calls)) await checkBatch(build(), batch); });
    }
  });
}

function programs(): Record<string, string[]> {
  const call = (der: string): string => `check(${byteLiteral(der)}, ${JSON.stringify(HOSTS)})`;
  const named = (...names: Buffer[]): string => certificate({ extensions: [alternativeNames(...names)] });
  const time = (tag: number, text: string): string => certificate({ notAfter: element(tag, text) });
  const der = named(...dnsNames("*.EXAMPLE.org", "x.example"), element(IP_ADDRESS, "\x41\x42\x43\x44"));
  const pin = (text: string): string => `checkPin(${JSON.stringify(text)}, ${byteLiteral(der)})`;
  const { fingerprint, fingerprint256 } = new X509Certificate(Buffer.from(der, "latin1"));
  return {
    "the roots": rootCertificates().map(call),
    "names and addresses": [
      der, certificate(), named(...dnsNames("", "*", "*.org", "www.example.org")), named(element(IP_ADDRESS, "\xc0\0\x02\x07")),
      named(...dnsNames(...Array.from({ length: 100 }, (_, i) => `host-${i}.Example.org`))), named(...dnsNames("\xc1.example.org", "www.example.org")),
    ].map(call),
    "times": [
      time(UTC_TIME, "500101000000Z"), time(UTC_TIME, "491231235959Z"), time(UTC_TIME, "240229080910Z"), time(UTC_TIME, "250229000000Z"),
      time(UTC_TIME, "261301000000Z"), time(UTC_TIME, "260101240000Z"), time(UTC_TIME, "260101000060Z"), time(UTC_TIME, "26010100000Z"),
      time(GENERALIZED_TIME, "20500809080908Z"), time(GENERALIZED_TIME, "99991231235959Z"), time(GENERALIZED_TIME, "20500230080908Z"),
    ].map(call),
    "broken ones": brokenOnes(der).map(call),
    "pins": [
      fingerprint, fingerprint256, fingerprint256.replaceAll(":", " ").toLowerCase(), fingerprint256.slice(1), `${fingerprint}G`, "",
      keyPin(der), keyPin(der).replace("/", "//"), keyPin(der).replace("=", "A"), keyPin(der).slice(0, -2) + "*=",
    ].map(pin),
  };
}

function rootCertificates(): string[] {
  const files = readdirSync(ROOTS).filter((file) => file.endsWith(".pem")).map((file) => readFileSync(join(ROOTS, file), "utf8"));
  return files.map((pem) => new X509Certificate(pem.slice(pem.indexOf("-----BEGIN"))).raw.toString("latin1"));
}

// Cut short, and with one byte changed: each at places spread over the whole.
function brokenOnes(der: string): string[] {
  const places = Array.from({ length: 24 }, (_, i) => Math.floor((i * der.length) / 24));
  const changed = places.map((at) => der.slice(0, at) + String.fromCharCode((der.charCodeAt(at) + 131) & 255) + der.slice(at + 1));
  return [...places.map((at) => der.slice(0, at)), ...changed];
}

function keyPin(der: string): string {
  const key = new X509Certificate(Buffer.from(der, "latin1")).publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

function batches(calls: string[]): string[][] {
  const all: string[][] = [[]];
  for (const call of calls) {
    if (all.at(-1)!.concat(call).join("").length > BATCH_BYTES) all.push([]);
    all.at(-1)!.push(call);
  }
  return all.filter((batch) => batch.length > 0);
}

async function checkBatch({ source, modules }: CertificateBuild, calls: string[]): Promise<void> {
  const here = calls.map((call) => new Function("modules", `${HARNESS}\nreturn ${call};`)(modules) as unknown);
  const there = await runThere(`var modules = (function (exports) { ${source}\nreturn exports; })({});\n${HARNESS}`, calls);
  assert.deepEqual(there, JSON.parse(JSON.stringify(here)));
}

async function runThere(program: string, calls: string[]): Promise<unknown[]> {
  const folder = mkdtempSync(join(tmpdir(), "certificates-on-espruino-"));
  try {
    const file = join(folder, "program.js");
    writeFileSync(file, [program, ...calls.map((call) => `print(JSON.stringify(${call}));`)].join("\n"), "latin1");
    return (await runInEspruino(INTERPRETER, file)).map((line) => JSON.parse(line) as unknown);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// Bytes from 0x80 on as the bytes they are; control characters too, which JSON would write as text.
function byteLiteral(bytes: string): string {
  return `"${bytes.replace(/[^ !#-[\]-~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
}
