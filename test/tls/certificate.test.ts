// Certificates of every kind, read as Node's own OpenSSL and @peculiar/x509 read them; and what must never happen with hostile ones.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { createAuthority, issueCertificate, selfSignedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import type { IssuedCertificate } from "../../scripts/cloud/certificate-authority.ts";
import { buildCertificateModules } from "./certificate-bundle.ts";
import type { Certificate, CertificateBuild } from "./certificate-bundle.ts";
import {
  alternativeNames, BMP_STRING, certificate, COMMON_NAME, COUNTRY, dnsNames, DNS_NAME, element, extension, GENERALIZED_TIME, IP_ADDRESS,
  name, oid, ORGANIZATION, PRINTABLE_STRING, sequence, TELETEX_STRING, URI, UTC_TIME, UTF8_STRING,
} from "./certificate-der.ts";
import { watchBytes } from "./der-steps.ts";

const SEED = 5280;
const E_CERTIFICATE = { code: "E_CERTIFICATE", phase: "handshake" };
const ROOTS = fileURLToPath(new URL("../../certs/", import.meta.url));

let builds: CertificateBuild[];
let authority: IssuedCertificate;
before(async () => {
  builds = await buildCertificateModules();
  authority = await createAuthority("Test authority");
});

for (const build of ["plain", "minified", "counted"] as const) {
  const modules = (): CertificateBuild["modules"] => builds.find(({ name: found }) => found === build)!.modules;
  const read = (der: string): Certificate => modules().readCertificate(der);
  const matches = (der: string, host: string): boolean => modules().matchesHost(read(der), host);

  describe(`readCertificate(), ${build}`, () => {
    for (const file of readdirSync(ROOTS).filter((each) => each.endsWith(".pem"))) {
      test(`reads the root ${file}`, () => { checkAgainstOthers(read, derOfPem(readFileSync(join(ROOTS, file), "utf8"))); });
    }

    for (const keyType of ["rsa", "ec"] as const) {
      test(`reads what an authority issued (${keyType})`, async () => {
        const names = ["Www.Example.org", "*.example.org"];
        const issued = await issueCertificate(authority, { keyType, names, ipAddresses: ["192.0.2.7", "2001:db8::1"] });
        const der = issued.der.toString("latin1");
        checkAgainstOthers(read, der);
        assert.deepEqual(modules().listNames(read(der)), ["www.example.org", "*.example.org", "192.0.2.7", "2001:db8:0:0:0:0:0:1"]);
      });
    }

    test("reads dates after 2049, and a validity that is over", async () => {
      const dates = { notBefore: new Date("1999-12-31T23:59:59Z"), notAfter: new Date("2068-02-29T12:00:00Z") };
      const issued = await selfSignedCertificate({ names: ["a.example"], keyType: "ec", ...dates });
      checkAgainstOthers(read, issued.der.toString("latin1"));
    });

    test("finds no names in a certificate with a common name alone, without extensions, or of version 1", async () => {
      const commonNameAlone = await issueCertificate(authority, { commonName: "www.example.org", keyType: "ec" });
      const others = [certificate(), certificate({ version: Buffer.alloc(0) })];
      for (const der of [commonNameAlone.der.toString("latin1"), ...others]) {
        checkAgainstOthers(read, der);
        assert.equal(read(der).names, "");
        assert.equal(matches(der, "www.example.org"), false);
      }
    });

    test("finds the names in a critical extension and behind other extensions", () => {
      const names = sequence(...dnsNames("a.example"));
      const others = Array.from({ length: 30 }, (_, i) => extension(`2b06010401${(i + 10).toString(16)}`, element(0x04, "x".repeat(i * 9))));
      assert.ok(matches(certificate({ extensions: [extension("551d11", names, true)] }), "a.example"));
      assert.ok(matches(certificate({ extensions: [...others, extension("551d11", names, true)] }), "a.example"));
    });

    test("does not take the contents of another extension for the names", () => {
      const planted = alternativeNames(...dnsNames("evil.example"));
      const der = certificate({ extensions: [extension("551d0e", planted), alternativeNames(...dnsNames("a.example"))] });
      assert.equal(matches(der, "evil.example"), false);
      assert.ok(matches(der, "a.example"));
      assert.equal(read(certificate({ extensions: [extension("551d0e", planted)] })).names, "");
    });

    const texts: [what: string, subject: Buffer, text: string][] = [
      ["a UTF8String, its bytes", name([COUNTRY, PRINTABLE_STRING, "DE"], [COMMON_NAME, UTF8_STRING, "M\xc3\xbcller"]), "M\xc3\xbcller"],
      ["a BMPString, its bytes", name([COMMON_NAME, BMP_STRING, "\0A\0B"]), "\0A\0B"],
      ["a TeletexString", name([COMMON_NAME, TELETEX_STRING, "M\xfcller"]), "M\xfcller"],
      ["the common name among others", name([ORGANIZATION, UTF8_STRING, "Acme"], [COMMON_NAME, UTF8_STRING, "host"], [COUNTRY, PRINTABLE_STRING, "DE"]), "host"],
      ["nothing of other attributes", name([COUNTRY, PRINTABLE_STRING, "DE"], [ORGANIZATION, UTF8_STRING, "Acme"]), ""],
      ["nothing of an empty name", name(), ""],
      ["no more than 64 bytes", name([COMMON_NAME, UTF8_STRING, "x".repeat(100)]), "x".repeat(64)],
      ["no more than 64 bytes of a very long one", name([COMMON_NAME, UTF8_STRING, "y".repeat(200)]), "y".repeat(64)],
    ];
    for (const [what, subject, text] of texts) {
      test(`gives as text ${what}`, () => {
        const der = certificate({ subject, issuer: subject });
        assert.deepEqual([read(der).subject, read(der).issuer], [text, text]);
      });
    }

    const times: [tag: number, text: string, iso: string][] = [
      [UTC_TIME, "500101000000Z", "1950-01-01T00:00:00Z"],
      [UTC_TIME, "991231235959Z", "1999-12-31T23:59:59Z"],
      [UTC_TIME, "000101000000Z", "2000-01-01T00:00:00Z"],
      [UTC_TIME, "491231235959Z", "2049-12-31T23:59:59Z"],
      [UTC_TIME, "240229080910Z", "2024-02-29T08:09:10Z"],
      [UTC_TIME, "700101000000Z", "1970-01-01T00:00:00Z"],
      [GENERALIZED_TIME, "20500101000000Z", "2050-01-01T00:00:00Z"],
      [GENERALIZED_TIME, "20260809101112Z", "2026-08-09T10:11:12Z"],
      [GENERALIZED_TIME, "99991231235959Z", "9999-12-31T23:59:59Z"],
    ];
    for (const [tag, text, iso] of times) {
      test(`reads the time ${text}`, () => {
        const time = element(tag, text);
        const { notBefore, notAfter } = read(certificate({ notBefore: time, notAfter: time }));
        assert.deepEqual([notBefore, notAfter], [Date.parse(iso) / 1000, Date.parse(iso) / 1000]);
      });
    }

    const noTimes: [tag: number, text: string][] = [
      [UTC_TIME, ""], [UTC_TIME, "260101000000"], [UTC_TIME, "2601010000Z"], [UTC_TIME, "260101000000+0000"], [UTC_TIME, "260101000000z"],
      [UTC_TIME, "261301000000Z"], [UTC_TIME, "260001000000Z"], [UTC_TIME, "260230000000Z"], [UTC_TIME, "250229000000Z"],
      [UTC_TIME, "260101240000Z"], [UTC_TIME, "260101006000Z"], [UTC_TIME, "260101000060Z"], [UTC_TIME, "26010100000 Z"],
      [UTC_TIME, "20260101000000Z"], [UTC_TIME, "26-01-01T00:00:00.000Z"], [UTC_TIME, "-60101000000Z"],
      [GENERALIZED_TIME, "260101000000Z"], [GENERALIZED_TIME, "20260101000000"], [GENERALIZED_TIME, "20260101000000.5Z"],
      [GENERALIZED_TIME, "20260101000000+0100"], [GENERALIZED_TIME, "2026-01-01T00:00:00.000Z"], [UTF8_STRING, "260101000000Z"],
    ];
    for (const [tag, text] of noTimes) {
      test(`refuses the time "${text}" (tag ${tag})`, () => {
        assert.throws(() => read(certificate({ notBefore: element(tag, text) })), E_CERTIFICATE);
        assert.throws(() => read(certificate({ notAfter: element(tag, text) })), E_CERTIFICATE);
      });
    }
  });

  describe(`matchesHost(), ${build}`, () => {
    const cases: [names: string[], host: string, expected: boolean][] = [
      [["example.org"], "example.org", true],
      [["EXAMPLE.org"], "example.ORG", true],
      [["example.org"], "www.example.org", false],
      [["www.example.org"], "example.org", false],
      [["example.org.evil.example", "notexample.org"], "example.org", false],
      [["*.example.org"], "www.example.org", true],
      [["*.EXAMPLE.org"], "WWW.example.org", true],
      [["*.example.org"], "example.org", false],
      [["*.example.org"], "a.b.example.org", false],
      [["*.example.org"], ".example.org", false],
      [["w*.example.org", "*w.example.org", "w*w.example.org", "www.*.org", "*.*.org"], "www.example.org", false],
      [["*.org"], "example.org", false],
      [["*"], "example.org", false],
      [["*"], "localhost", false],
      [["localhost"], "localhost", true],
      [["*.org", "*.example.org"], "www.example.org", true],
      [["example.org\0.evil.example"], "example.org", false],
      [[""], "", false],
      [["192.0.2.7", "*.0.2.7"], "192.0.2.7", false],
    ];
    for (const [names, host, expected] of cases) {
      test(`${JSON.stringify(names)} ${expected ? "is" : "is not"} for "${host}"`, () => {
        assert.equal(matches(certificate({ extensions: [alternativeNames(...dnsNames(...names))] }), host), expected);
      });
    }

    const addresses: [address: string, host: string, expected: boolean][] = [
      ["\xc0\0\x02\x07", "192.0.2.7", true],
      ["\xc0\0\x02\x07", "192.0.2.8", false],
      ["\x41\x42\x43\x44", "65.66.67.68", true],
      ["\x41\x42\x43\x44", "97.98.99.100", false],
      ["\xc0\0\x02\x07", "192.0.2.07", false],
      ["\xc0\0\x02\x07", "192.0.2.263", false],
      ["\xc0\0\x02\x07", "192.0.519", false],
      ["\xc0\0\x02\x07", "192.0.2.7.", false],
      ["\x01\x02\x03\x04\x05", "1.2.3.4.5", false],
      ["192.0.2.7", "192.0.2.7", false],
      ["\xc0\0\x02\x07\xff\xff\xff\0", "192.0.2.7", false],
      ["\x01".repeat(16), Array(16).fill("1").join("."), false],
    ];
    for (const [address, host, expected] of addresses) {
      test(`the address ${Buffer.from(address, "latin1").toString("hex")} ${expected ? "is" : "is not"} for ${host}`, () => {
        assert.equal(matches(certificate({ extensions: [alternativeNames(element(IP_ADDRESS, address))] }), host), expected);
      });
    }

    test("finds a name of 128 bytes and more, and of any length up to 253", () => {
      for (const length of [63, 64, 65, 90, 91, 97, 122, 123, 127, 128, 129, 253]) {
        const host = `${"a.".repeat(length)}`.slice(0, length - 1) + "b";
        const der = certificate({ extensions: [alternativeNames(...dnsNames("x.example", host, "y.example"))] });
        assert.ok(matches(der, host), String(length));
        assert.equal(matches(der, host.slice(1)), false);
      }
    });

    test("is not misled by the bytes of a name inside a name of another kind", () => {
      const planted = element(DNS_NAME, "evil.example");
      const hiding = [
        element(URI, "https://a.example/", planted), element(URI, "evil.example"), element(0x81, "evil.example"),
        element(0xa4, name([COMMON_NAME, UTF8_STRING, planted])), element(0xa0, oid("2b0601"), element(0xa0, element(UTF8_STRING, planted))),
        element(IP_ADDRESS, "\0\0", planted), ...dnsNames(`a.example${planted.toString("latin1")}`),
      ];
      for (const other of hiding) {
        const alone = certificate({ extensions: [alternativeNames(other)] });
        assert.equal(matches(alone, "evil.example"), false, other.toString("latin1"));
        const beside = certificate({ extensions: [alternativeNames(...dnsNames("a.example"), other, planted, other)] });
        assert.ok(matches(beside, "evil.example"), other.toString("latin1"));
        const swapped = certificate({ extensions: [alternativeNames(other, ...dnsNames("b.example"))] });
        assert.ok(matches(swapped, "b.example"), other.toString("latin1"));
      }
    });

    test("agrees with OpenSSL on random names and hosts", () => {
      const label = fc.constantFrom("a", "b", "ab", "*", "xn--a", "A", "aB", "1");
      const hostLabel = fc.constantFrom("a", "b", "ab", "xn--a", "A", "1");
      const names = fc.array(fc.array(label, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
      fc.assert(fc.property(names, fc.array(hostLabel, { minLength: 1, maxLength: 4 }), (all, labels) => {
        const host = [...labels, "c"].join(".");
        const texts = all.map((one) => [...one, "c"].join("."));
        const der = certificate({ extensions: [alternativeNames(...dnsNames(...texts))] });
        const openssl = new X509Certificate(Buffer.from(der, "latin1")).checkHost(host, { subject: "never", partialWildcards: false });
        assert.equal(matches(der, host), openssl !== undefined, `${texts.join(" ")} for ${host}`);
      }), { seed: SEED, numRuns: 1500 });
    });

    test("finds the last of 250 names, and refuses to walk over more than 500", () => {
      const many = (count: number): string =>
        certificate({ extensions: [alternativeNames(...dnsNames(...Array.from({ length: count }, (_, i) => `host-${i}.example.org`)))] });
      assert.ok(matches(many(250), "host-249.example.org"));
      assert.equal(matches(many(250), "host-250.example.org"), false);
      assert.equal(matches(many(250), "example.org"), false);
      assert.equal(modules().listNames(read(many(250))).length, 250);
      assert.throws(() => matches(many(600), "host-599.example.org"), E_CERTIFICATE);
      assert.throws(() => modules().listNames(read(many(600))), E_CERTIFICATE);
    });
  });

  describe(`hostile certificates, ${build}`, () => {
    // What a certificate of 20 KB may cost at most: looks at its bytes, in reading it and in searching it for two hosts.
    const LOOKS_MAX = 8000;
    const HOSTS = ["www.example.org", "evil.example", "192.0.2.7", "c"];

    const tryAll = (der: string): void => {
      const watched = watchBytes(der);
      orRefused(() => read(watched.bytes));
      const found = orRefused(() => read(der));
      const names = watchBytes(found?.names ?? "");
      for (const host of HOSTS) orRefused(() => modules().matchesHost({ ...found!, names: names.bytes }, host));
      if (found) orRefused(() => modules().listNames(found));
      assert.ok(watched.looks() + names.looks() <= LOOKS_MAX, `${watched.looks()} + ${names.looks()} looks`);
    };

    test("every one cut short is refused", () => {
      const der = sample();
      for (let length = 0; length < der.length; length++) assert.throws(() => read(der.slice(0, length)), E_CERTIFICATE);
    });

    test("one byte changed raises nothing but E_CERTIFICATE", () => {
      const der = sample();
      for (let at = 0; at < der.length; at++) {
        for (const by of [0, 1, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xff, der.charCodeAt(at) + 1, der.charCodeAt(at) - 1]) {
          tryAll(der.slice(0, at) + String.fromCharCode(by & 255) + der.slice(at + 1));
        }
      }
    });

    test("some bytes changed, taken out or put in raise nothing but E_CERTIFICATE", () => {
      const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat({ max: 3 }), byteText(4));
      fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        let der = sample();
        for (const [place, taken, put] of changes) {
          const at = Math.floor(place * der.length);
          der = der.slice(0, at) + put + der.slice(at + taken);
        }
        tryAll(der);
      }), { seed: SEED, numRuns: 3000 });
    });

    test("random bytes, alone or as the contents of each part, raise nothing but E_CERTIFICATE", () => {
      fc.assert(fc.property(byteText(200), fc.nat({ max: 6 }), (bytes, part) => {
        const body = Buffer.from(bytes, "latin1");
        const parts = [
          { issuer: body }, { notBefore: body }, { subject: sequence(body) }, { publicKeyInfo: body }, { extensions: [body] },
          { extensions: [extension("551d11", body)] }, { extensions: [alternativeNames(body)] },
        ];
        tryAll(bytes);
        tryAll(certificate(parts[part]));
      }), { seed: SEED, numRuns: 2000 });
    });

    const huge: [what: string, der: () => string][] = [
      ["empty names", () => certificate({ extensions: [alternativeNames(...dnsNames(...Array<string>(10_000).fill("")))] })],
      ["names like the host", () => certificate({ extensions: [alternativeNames(...dnsNames(...Array<string>(1100).fill("www.example.org.c")))] })],
      ["names that hold the host", () => certificate({ extensions: [alternativeNames(...dnsNames(...Array<string>(1100).fill("x.www.example.org")))] })],
      ["names of other kinds", () => certificate({ extensions: [alternativeNames(...Array.from({ length: 1200 }, () => element(URI, "www.example.org")))] })],
      ["empty extensions", () => certificate({ extensions: [...Array<Buffer>(9000).fill(sequence()), alternativeNames(...dnsNames("c"))] })],
      ["extensions without end", () => certificate({ extensions: Array<Buffer>(2000).fill(extension("551d11", sequence())) })],
      ["a name of 20 KB", () => certificate({ subject: name([COMMON_NAME, UTF8_STRING, "x".repeat(20_000)]) })],
      ["nesting", () => { let inner = sequence(); for (let i = 0; i < 5000; i++) inner = sequence(inner); return inner.toString("latin1"); }],
    ];
    for (const [what, der] of huge) {
      test(`20 KB of ${what} take a bounded number of steps`, () => { tryAll(der()); });
    }
  });
}

// Half the bytes are such as DER is made of.
function byteText(maxLength: number): fc.Arbitrary<string> {
  const byte = fc.oneof(fc.constantFrom(0x02, 0x04, 0x06, 0x30, 0x31, 0x80, 0x81, 0x82, 0x87, 0xa0, 0xa3, 0, 1, 2, 3, 5), fc.integer({ min: 0, max: 255 }));
  return fc.array(byte, { maxLength }).map((bytes) => String.fromCharCode(...bytes));
}

function sample(): string {
  return certificate({ extensions: [
    extension("551d0f", element(0x03, "\x07\x80"), true),
    alternativeNames(...dnsNames("www.example.org", "*.example.org"), element(IP_ADDRESS, "\xc0\0\x02\x07")),
  ] });
}

/** Gives what `read` gives, or undefined when it raises E_CERTIFICATE; any other exception fails the test. */
function orRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.equal((error as { code?: string }).code, "E_CERTIFICATE", String(error));
    return undefined;
  }
}

function derOfPem(pem: string): string {
  return new X509Certificate(pem.slice(pem.indexOf("-----BEGIN"))).raw.toString("latin1");
}

function checkAgainstOthers(read: (der: string) => Certificate, der: string): void {
  const bytes = Buffer.from(der, "latin1");
  const node = new X509Certificate(bytes);
  const peculiar = new x509.X509Certificate(new Uint8Array(bytes));
  const found = read(der);
  assert.equal(found.subject, textOf(peculiar.subjectName));
  assert.equal(found.issuer, textOf(peculiar.issuerName));
  assert.deepEqual([found.notBefore, found.notAfter], [Date.parse(node.validFrom) / 1000, Date.parse(node.validTo) / 1000]);
  assert.deepEqual([found.notBefore, found.notAfter], [peculiar.notBefore.getTime() / 1000, peculiar.notAfter.getTime() / 1000]);
  assert.equal(found.publicKeyInfo, node.publicKey.export({ type: "spki", format: "der" }).toString("latin1"));
  assert.equal(found.publicKeyInfo, Buffer.from(peculiar.publicKey.rawData).toString("latin1"));
  const names = peculiar.getExtension(x509.SubjectAlternativeNameExtension);
  assert.equal(found.names === "", names === null);
  if (names) assert.equal(element(0x30, found.names).toString("latin1"), Buffer.from(names.value).toString("latin1"));
}

function textOf(distinguishedName: x509.Name): string {
  return distinguishedName.getField("CN")[0] ?? "";
}
