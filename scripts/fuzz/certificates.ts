// Certificates against the reader of DER.
import { FORMS, type BuiltModules, type CertificateModule } from "./built-modules.ts";
import { mutate } from "./mutate.ts";
import { randomSource, type RandomSource } from "./random-source.ts";
import { broken, problemOf, type Subject } from "./subject.ts";
import { watchBytes } from "./watched-bytes.ts";

const WORDS = [
  "\x02", "\x04", "\x06", "\x17", "\x18", "\x30", "\x31", "\x80", "\x81", "\x82", "\x83", "\x84", "\x87", "\xa0", "\xa3", "\0", "\x01", "\x7f", "\xff",
  "\x06\x03\x55\x04\x03", "\x06\x03\x55\x1d\x11", "\x01\x01\xff", "\x82\x0da.example.com", "\x82\x0d*.example.com", "\x87\x04\xc0\0\x02\x07", "\x30\0", "\x04\0",
];
const HOSTS = ["a.example.com", "www.example.com", "example.com", "192.0.2.7", "x", "", "com", "*.example.com"];
/** A reading looks at 500 elements at most, at each some eight times; what it takes as a text counts as one look. */
const MOST_LOOKS = 8 * 502;

export function certificateSubject({ certificate }: Pick<BuiltModules, "certificate">): Subject {
  return { name: "certificates", usualCount: 200_000, make: makeCertificate, check: (input, seed) => problemOf(() => checkCertificate(certificate, input, seed)) };
}

function element(tag: number, ...contents: string[]): string {
  const body = contents.join("");
  const length = body.length;
  const bytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return String.fromCharCode(tag, ...bytes) + body;
}

const sequence = (...contents: string[]): string => element(0x30, ...contents);
const oid = (...bytes: number[]): string => element(6, String.fromCharCode(...bytes));
const ALGORITHM = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2));
const KEY = sequence(sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1), oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7)), element(3, `\0\x04${"k".repeat(64)}`));

function nameOf(commonName: string): string {
  return sequence(element(0x31, sequence(oid(0x55, 4, 10), element(12, "Org"))), element(0x31, sequence(oid(0x55, 4, 3), element(12, commonName))));
}

/** Worthless but well-formed before the changes (RFC 5280 4.1). */
function makeCertificate(random: RandomSource): string {
  const names = Array.from({ length: random.below(random.share() < 0.02 ? 600 : 6) }, () => random.pick([
    element(0x82, random.pick(["a.example.com", "*.example.com", "EXAMPLE.com", "b.c.example.com", "com"])), element(0x87, "\xc0\0\x02\x07"), element(0x87, "a".repeat(16)), element(0x86, "https://a.example.com"),
  ]));
  const times = random.pick<[number, string, string]>([[0x17, "260101000000Z", "270101000000Z"], [0x18, "20260101000000Z", "20500101000000Z"]]);
  const extensions = [
    sequence(oid(0x55, 0x1d, 0x13), element(1, "\xff"), element(4, sequence())),
    sequence(oid(0x55, 0x1d, 0x11), element(4, sequence(...names))),
    sequence(oid(0x55, 0x1d, 0x0f), element(4, "\x03\x02\x05\xa0")),
  ].slice(random.below(3));
  const body = sequence(
    random.share() < 0.9 ? element(0xa0, element(2, "\x02")) : "", element(2, "\x01\x02\x03"), ALGORITHM, nameOf("Issuer"),
    sequence(element(times[0], times[1]), element(times[0], times[2])), nameOf(random.pick(["Subject", "", "x".repeat(140)])), KEY, element(0xa3, sequence(...extensions)),
  );
  return mutate(sequence(body, ALGORITHM, element(3, "\0signature")), WORDS, random);
}

function checkCertificate(modules: BuiltModules["certificate"], input: string, seed: number): void {
  const host = randomSource(seed).pick(HOSTS);
  const [one, other] = FORMS.map((form) => JSON.stringify(read(modules[form], input, host)));
  if (one !== other) broken(`plain gives ${one}, minified ${other}`);
}

/** All that a connection asks of a certificate. */
function read(reader: CertificateModule, input: string, host: string): unknown {
  const certificate = orRefused(input, (bytes) => reader.readCertificate(bytes));
  if (certificate === undefined) return "refused";
  const { subject, issuer, notBefore, notAfter, publicKeyInfo, names } = certificate;
  for (const text of [subject, issuer, publicKeyInfo, names]) if (!input.includes(text)) broken("a text that is not in the certificate");
  for (const seconds of [notBefore, notAfter]) if (!Number.isSafeInteger(seconds)) broken(`a time of ${seconds}`);
  const matches = orRefused(names, (bytes) => reader.matchesHost({ names: bytes }, host));
  const list = orRefused(names, (bytes) => reader.listNames({ names: bytes }));
  if (matches && !(names + names.toLowerCase()).includes(keyOf(host))) broken(`it is for ${host}, which is not in it`);
  if (list && matches !== undefined && matches !== isListed(list, host)) broken(`it ${matches ? "is" : "is not"} for ${host}, and lists ${list.join(", ")}`);
  return { subject, issuer, notBefore, notAfter, matches, list };
}

function keyOf(host: string): string {
  return host === "192.0.2.7" ? "\xc0\0\x02\x07" : host.split(".").slice(1).join(".");
}

/** Once more, the plain way (RFC 9525 6.3). */
function isListed(list: string[], host: string): boolean {
  if (host === "") return list.includes("");
  const labels = host.split(".");
  return list.includes(host) || (labels.length > 2 && host !== "192.0.2.7" && list.includes(["*", ...labels.slice(1)].join(".")));
}

/** Undefined when it raises E_CERTIFICATE, the one error that it may. */
function orRefused<T>(bytes: string, use: (bytes: string) => T): T | undefined {
  const watched = watchBytes(bytes);
  try {
    return use(watched.bytes);
  } catch (error) {
    if ((error as { code?: string }).code !== "E_CERTIFICATE") throw error;
    return undefined;
  } finally {
    if (watched.looks() > MOST_LOOKS + bytes.length / 2) broken(`${watched.looks()} looks at ${bytes.length} bytes`);
  }
}
