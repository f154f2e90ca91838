import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyChain } from "../../../../scripts/board/node-engine/network-host/certificate-verification.ts";
import type { VerificationSettings } from "../../../../scripts/board/node-engine/network-host/messages.ts";
import { readCertificate, wholeElement } from "../../../../scripts/board/node-engine/x509/certificate.ts";
import { createAuthority, issueCertificate, selfSignedCertificate } from "../../../../scripts/cloud/certificate-authority.ts";

const authority = await createAuthority("authority");
const namesake = await createAuthority("authority");
const middle = await issueCertificate(authority, { commonName: "middle", isAuthority: true });
const lower = await issueCertificate(middle, { commonName: "lower", isAuthority: true });
const leaf = await issueCertificate(lower, { names: ["www.example.com", "*.wild.example"], ipAddresses: ["192.0.2.1"] });
const nameless = await issueCertificate(authority, { commonName: "common.example" });
const forAddresses = await issueCertificate(authority, { commonName: "common.example", ipAddresses: ["192.0.2.1"] });
const expired = await issueCertificate(authority, { names: ["a.example"], notAfter: new Date(Date.now() - 1000) });
const forClients = await issueCertificate(authority, { names: ["a.example"], usage: "client" });
const lone = await selfSignedCertificate({ names: ["a.example"] });

const CHAIN = [leaf.der, lower.der, middle.der];

function trusting(ca: { der: Buffer } | undefined, hostName?: string, change: Partial<VerificationSettings> = {}): VerificationSettings {
  const trusted = ca && [{ der: ca.der, raw: ca.der, subject: subjectOf(ca.der) }];
  return { isRequired: true, hostName, trusted, checksExtendedKeyUsage: true, sendsAlert: true, ...change };
}

function subjectOf(der: Uint8Array): Uint8Array {
  return wholeElement(der, readCertificate(der).subject);
}

test("a chain is followed from certificate to certificate, in the order they were sent", () => {
  assert.deepEqual(verifyChain(CHAIN, trusting(authority)), []);
  assert.deepEqual(verifyChain(CHAIN, trusting(middle)), [], "any trusted certificate ends it");
  assert.deepEqual(verifyChain([leaf.der, middle.der], trusting(authority)), ["notTrusted"], "a link is missing");
  assert.deepEqual(verifyChain([leaf.der, middle.der, lower.der], trusting(authority)), ["notTrusted"], "mbedTLS only looks ahead");
  assert.deepEqual(verifyChain(CHAIN, trusting(namesake)), ["notTrusted"]);
  assert.deepEqual(verifyChain(CHAIN, trusting(undefined)), ["notTrusted"]);
  assert.deepEqual(verifyChain([], trusting(authority)), ["notTrusted"]);
});

test("names: exact or for one label, in either case; addresses and, beside names, common names do not count", () => {
  const names: [host: string, isRight: boolean][] = [
    ["www.example.com", true],
    ["WWW.Example.COM", true],
    ["example.com", false],
    ["a.wild.example", true],
    ["a.b.wild.example", false],
    ["wild.example", false],
    ["192.0.2.1", false],
    ["", false],
  ];
  for (const [host, isRight] of names) {
    assert.deepEqual(verifyChain(CHAIN, trusting(authority, host)), isRight ? [] : ["wrongName"], host);
  }
  assert.deepEqual(verifyChain([nameless.der], trusting(authority, "common.example")), []);
  assert.deepEqual(verifyChain([forAddresses.der], trusting(authority, "common.example")), ["wrongName"]);
});

test("dates are not looked at, what a certificate is for is", () => {
  assert.deepEqual(verifyChain([expired.der], trusting(authority, "a.example")), []);
  assert.deepEqual(verifyChain([forClients.der], trusting(authority, "a.example")), ["wrongUsage"]);
  assert.deepEqual(verifyChain([forClients.der], trusting(authority, "a.example", { checksExtendedKeyUsage: false })), []);
});

test("it is the RAM's subject and raw bytes that count, and the key as it was parsed", () => {
  const [trusted] = trusting(authority).trusted!;
  const overwritten = Buffer.from(trusted!.raw).fill(0x61, 0, 50);
  assert.deepEqual(verifyChain(CHAIN, trusting(authority, undefined, { trusted: [{ ...trusted!, raw: overwritten }] })), []);
  const otherSubject = [{ ...trusted!, subject: Buffer.from("another") }];
  assert.deepEqual(verifyChain(CHAIN, trusting(authority, undefined, { trusted: otherSubject })), ["notTrusted"]);
  const [own] = trusting(lone).trusted!;
  assert.deepEqual(verifyChain([lone.der], trusting(lone)), []);
  const swapped = [{ ...own!, raw: overwritten }];
  assert.deepEqual(verifyChain([lone.der], trusting(lone, undefined, { trusted: swapped })), ["notTrusted"]);
});
