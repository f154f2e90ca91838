import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import tls, { type ConnectionOptions } from "node:tls";
import {
  createAuthority,
  issueCertificate,
  selfSignedCertificate,
  type IssuedCertificate,
} from "../../scripts/cloud/certificate-authority.ts";
import { listenOnLoopback } from "../../scripts/cloud/loopback.ts";
import { serverTls } from "../../scripts/cloud/server-tls.ts";

const HOST = "www.example.com";
const DAY_MS = 86_400_000;
const authority = await createAuthority();

/** Shakes hands with a server that shows `issued`; gives the cipher, or the code of the error. */
async function handshake(issued: IssuedCertificate, options: ConnectionOptions = {}): Promise<string> {
  const server = tls.createServer(serverTls(issued), (socket) => socket.on("error", () => undefined).end());
  const { port, stop } = await listenOnLoopback(server);
  const outcome = await new Promise<string>((resolve) => {
    const where = { host: "127.0.0.1", port, servername: HOST, ca: authority.pem };
    const socket = tls.connect({ ...where, ...options }, () => resolve(socket.getCipher().standardName));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)).resume();
  });
  await stop();
  return outcome;
}

test("every key exchange a board may know is accepted with an RSA certificate", async () => {
  const issued = await issueCertificate(authority, { names: [HOST] });
  const expected: [cipher: string, name: string][] = [
    ["AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"],
    ["AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"],
    ["AES256-SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA256"],
    ["DHE-RSA-AES128-GCM-SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"],
    ["DHE-RSA-AES256-SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"],
    ["ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
  ];
  for (const [cipher, name] of expected) {
    const ciphers = `${cipher}:@SECLEVEL=0`;
    assert.equal(await handshake(issued, { ciphers, maxVersion: "TLSv1.2" }), name);
  }
});

test("TLS 1.3 is accepted and TLS 1.1 is not", async () => {
  const issued = await issueCertificate(authority, { names: [HOST] });
  assert.match(await handshake(issued, { minVersion: "TLSv1.3" }), /^TLS_AES_/);
  const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
  assert.match(await handshake(issued, old), /PROTOCOL_VERSION/);
});

test("an EC certificate serves ECDHE-ECDSA", async () => {
  const issued = await issueCertificate(authority, { names: [HOST], keyType: "ec" });
  const outcome = await handshake(issued, { maxVersion: "TLSv1.2" });
  assert.match(outcome, /^TLS_ECDHE_ECDSA_/);
});

test("a chain through an intermediate is shown whole, without its root", async () => {
  const intermediate = await issueCertificate(authority, { commonName: "Intermediate", isAuthority: true });
  const issued = await issueCertificate(intermediate, { names: [HOST] });
  assert.equal(issued.chainPem.match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.match(await handshake(issued), /^TLS_/);
});

test("what a client must refuse is refused, each for its own reason", async () => {
  const now = Date.now();
  const past = { notBefore: new Date(now - 2 * DAY_MS), notAfter: new Date(now - DAY_MS) };
  const future = { notBefore: new Date(now + DAY_MS), notAfter: new Date(now + 2 * DAY_MS) };
  const names = [HOST];
  const stranger = await createAuthority();
  const cases: [issued: IssuedCertificate, code: string][] = [
    [await issueCertificate(authority, { names: ["other.example.com"] }), "ERR_TLS_CERT_ALTNAME_INVALID"],
    [await issueCertificate(authority, { names, ...past }), "CERT_HAS_EXPIRED"],
    [await issueCertificate(authority, { names, ...future }), "CERT_NOT_YET_VALID"],
    [await issueCertificate(authority, { names, usage: "client" }), "INVALID_PURPOSE"],
    [await selfSignedCertificate({ names }), "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ];
  for (const [issued, code] of cases) assert.equal(await handshake(issued), code);
  assert.notEqual(stranger.pem, authority.pem);
  assert.match(await handshake(await issueCertificate(stranger, { names })), /SIGNATURE|UNABLE_TO|SELF_SIGNED/);
});

test("names and addresses stand in the alternative name; a CN alone leaves it out", async () => {
  const full = await issueCertificate(authority, { names: [HOST, "example.com"], ipAddresses: ["127.0.0.1"] });
  const parsed = new X509Certificate(full.pem);
  assert.equal(parsed.subjectAltName, `DNS:${HOST}, DNS:example.com, IP Address:127.0.0.1`);
  const bare = await issueCertificate(authority, { commonName: HOST });
  assert.equal(new X509Certificate(bare.der).subjectAltName, undefined);
  assert.match(new X509Certificate(bare.der).subject, /CN=www\.example\.com/);
});

test("the authority is a CA whose subject leaves room for a long host name before it", () => {
  const parsed = new X509Certificate(authority.der);
  assert.equal(parsed.ca, true);
  assert.match(parsed.subject, /throw-away/);
  assert.equal(parsed.verify(parsed.publicKey), true);
  const subject = Buffer.from("espruino-https local cloud CA");
  assert.ok(authority.der.lastIndexOf(subject) > 137);
});

test("requests that cannot be met are refused with the reason", async () => {
  const now = new Date();
  await assert.rejects(issueCertificate(authority, {}), /without commonName/);
  await assert.rejects(issueCertificate(authority, { ipAddresses: ["localhost"] }), /"localhost": not an IP address/);
  await assert.rejects(issueCertificate(authority, { names: [HOST], notBefore: now, notAfter: now }), RangeError);
});
