import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientHello } from "../../scripts/cloud/client-hello.ts";
import { reportOn, type HowsMySslReport } from "../../scripts/cloud/howsmyssl-report.ts";

const BEFORE_MS = Date.UTC(2026, 0, 1);
const SUMMER_2026_MS = Date.UTC(2026, 6, 1);
const YEAR_2027_MS = Date.UTC(2027, 0, 1);

const GOOD: ClientHello = {
  version: 0x0303,
  random: Buffer.alloc(32),
  cipherSuites: [0xc02f, 0x009c, 0x00ff],
  compressionMethods: [0],
  extensions: [],
  serverName: "www.howsmyssl.com",
  supportedGroups: [0x11ec, 0x001d],
  signatureAlgorithms: [0x0401],
  supportedVersions: [],
  sessionTicket: true,
};

function report(changes: Partial<ClientHello>, nowMs = BEFORE_MS): HowsMySslReport {
  return reportOn({ ...GOOD, ...changes }, nowMs);
}

test("a good client of the time before TLS 1.2 was marked down", () => {
  assert.deepEqual(report({}), {
    given_cipher_suites: [
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
    ],
    given_named_groups: ["X25519MLKEM768", "x25519"],
    given_signature_algorithms: ["rsa_pkcs1_sha256"],
    post_quantum_key_agreement: true,
    ephemeral_keys_supported: true,
    session_ticket_supported: true,
    tls_compression_supported: false,
    unknown_cipher_suite_supported: false,
    beast_vuln: false,
    able_to_detect_n_minus_one_splitting: false,
    insecure_cipher_suites: {},
    tls_version: "TLS 1.2",
    rating: "Probably Okay",
  });
});

const TLS_1_3 = { supportedVersions: [0x7a7a, 0x0304, 0x0303] };
const ratings: [what: string, changes: Partial<ClientHello>, nowMs: number, version: string, rating: string][] = [
  ["TLS 1.2 in mid-2026", {}, SUMMER_2026_MS, "TLS 1.2", "Improvable"],
  ["TLS 1.2 in 2027", {}, YEAR_2027_MS, "TLS 1.2", "Bad"],
  ["TLS 1.3 in 2027", TLS_1_3, YEAR_2027_MS, "TLS 1.3", "Probably Okay"],
  ["TLS 1.3 without ML-KEM", { ...TLS_1_3, supportedGroups: [29] }, SUMMER_2026_MS, "TLS 1.3", "Improvable"],
  ["RSA key exchange alone", { cipherSuites: [0x9c] }, BEFORE_MS, "TLS 1.2", "Improvable"],
  ["TLS 1.1", { version: 0x0302 }, BEFORE_MS, "TLS 1.1", "Improvable"],
  ["TLS 1.0", { version: 0x0301 }, BEFORE_MS, "TLS 1.0", "Bad"],
  ["compression", { compressionMethods: [1, 0] }, BEFORE_MS, "TLS 1.2", "Bad"],
];
for (const [what, changes, nowMs, version, rating] of ratings) {
  test(`${what} is rated "${rating}"`, () => {
    const { tls_version, rating: given } = report(changes, nowMs);
    assert.deepEqual([tls_version, given], [version, rating]);
  });
}

test("an unknown suite is shown by number and makes it bad; GREASE does neither", () => {
  const { given_cipher_suites, rating } = report({ cipherSuites: [0xc02f, 0x0abc] });
  assert.deepEqual([given_cipher_suites[1], rating], ["Some unknown cipher suite: 0x0abc", "Bad"]);
  const greased = report({ cipherSuites: [0x0a0a, 0xfafa, 0xc02f] });
  assert.deepEqual(greased.given_cipher_suites.slice(0, 2), ["TLS_GREASE_IS_THE_WORD_0A", "TLS_GREASE_IS_THE_WORD_FA"]);
  assert.equal(greased.rating, "Probably Okay");
});

test("insecure suites are named with each reason", () => {
  const { insecure_cipher_suites, rating } = report({ cipherSuites: [0xc02f, 0x0003, 0xc016, 0x003b] });
  assert.deepEqual(Object.keys(insecure_cipher_suites), [
    "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
    "TLS_ECDH_anon_WITH_RC4_128_SHA",
    "TLS_RSA_WITH_NULL_SHA256",
  ]);
  assert.deepEqual(Object.values(insecure_cipher_suites).map((reasons) => reasons.length), [2, 2, 1]);
  assert.equal(rating, "Bad");
});

test("3DES passes only as the last resort", () => {
  assert.equal(report({ cipherSuites: [0xc02f, 0x000a, 0x00ff] }).rating, "Probably Okay");
  assert.equal(report({ cipherSuites: [0x000a, 0xc02f] }).rating, "Bad");
});

test("unknown groups and schemes are shown by number", () => {
  const { given_named_groups, given_signature_algorithms } = report({
    supportedGroups: [0x9999],
    signatureAlgorithms: [0x0301],
  });
  assert.deepEqual(given_named_groups, ["Unknown named group: 0x9999"]);
  assert.deepEqual(given_signature_algorithms, ["Unknown signature scheme: 0x0301"]);
});
