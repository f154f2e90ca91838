// Servers that never get through a TLS handshake, or that break the connection after it.
import { SCENARIOS } from "../../tls/scenarios.ts";
import type { HostileCase, Then } from "../play.ts";
import { OK } from "./ends-of-connections.ts";

const HANDSHAKE = { handshakeMs: 500 };
const FAILS = "E_HANDSHAKE in handshake";
const REFUSED = "E_TLS_ALERT in handshake";
const BROKEN = "E_TLS_RECORD in body";
const good: NonNullable<HostileCase["tls"]> = (certificates) => certificates.good;

const bytes = (...values: number[]): string => String.fromCharCode(...values);
const record = (type: number, contents: string, minor = 3): string => bytes(type, 3, minor, contents.length >> 8, contents.length & 255) + contents;
const alert = (level: number, description: number): string => record(21, bytes(level, description));
const message = (type: number, contents: string, length = contents.length): string => bytes(type, length >> 16, (length >> 8) & 255, length & 255) + contents;
/** With the cipher suite AES128-SHA unless told otherwise. */
const serverHello = (minor: number, suite = 0x2f): string => record(22, message(2, bytes(3, minor) + "r".repeat(32) + bytes(0, suite >> 8, suite & 255, 0)), Math.min(minor, 3));
const certificateMessage = (der: string): string => {
  const length = bytes(0, der.length >> 8, der.length & 255);
  return record(22, message(11, bytes(0, (der.length + 3) >> 8, (der.length + 3) & 255) + length + der));
};
const HELLO_REQUEST = record(22, message(0, ""));

/** Where the server's side of a handshake can stop: in a record's header, in ServerHello, in Certificate, and before Finished. */
const STOPS: [where: string, cutAfter: number | "ChangeCipherSpec"][] = [
  ["in the first record's header", 3], ["in ServerHello", 40], ["in Certificate", 400], ["before Finished", "ChangeCipherSpec"],
];

const CUT_OFF: HostileCase[] = [
  { name: "silent after the ClientHello", tls: good, server: { handshake: "none" }, deadlines: HANDSHAKE, ends: "E_TIMEOUT_HANDSHAKE in handshake" },
  { name: "closed after the ClientHello", tls: good, server: { handshake: "none", then: "closes" }, ends: FAILS },
  { name: "reset after the ClientHello", tls: good, server: { handshake: "none", then: "resets" }, ends: FAILS },
  ...STOPS.flatMap(([where, cutAfter]): HostileCase[] => [
    { name: `silent ${where}`, tls: good, server: { handshake: { cutAfter } }, deadlines: HANDSHAKE, ends: "E_TIMEOUT_HANDSHAKE in handshake" },
    { name: `closed ${where}`, tls: good, server: { handshake: { cutAfter }, then: "closes" }, ends: FAILS },
    { name: `reset ${where}`, tls: good, server: { handshake: { cutAfter }, then: "resets" }, ends: FAILS },
  ]),
  { name: "a byte at a time in Certificate", tls: good, server: { handshake: { pieceBytes: 1, everyMs: 20 } }, deadlines: HANDSHAKE, ends: "E_TIMEOUT_HANDSHAKE in handshake" },
  {
    name: "a byte at a time in Certificate, by the total", tls: good, server: { handshake: { pieceBytes: 1, everyMs: 20 } },
    deadlines: { totalMs: 600 }, ends: "E_TIMEOUT_TOTAL in handshake",
  },
  { name: "a slow handshake that ends in time", tls: good, server: { handshake: { pieceBytes: 100, everyMs: 10 }, answer: OK }, ends: "200" },
];

const inTheClear = (name: string, answer: string, ends: string | string[], then: Then = "waits"): HostileCase =>
  ({ name, tls: good, server: { handshake: "none", answer, then }, ends });

const NO_HANDSHAKES: HostileCase[] = [
  inTheClear("HTTP in place of a handshake", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", FAILS, "closes"),
  inTheClear("an SSH server in place of a handshake", "SSH-2.0-OpenSSH_9.2\r\n", FAILS),
  inTheClear("garbage in place of a handshake", "\xff\xfe".repeat(50), FAILS),
  inTheClear("garbage without end in place of a handshake", "", FAILS, { endless: "\xff\xfe" }),
  inTheClear("a fatal alert: handshake_failure", alert(2, 40), REFUSED),
  inTheClear("a fatal alert: unrecognized_name", alert(2, 112), REFUSED),
  inTheClear("a fatal alert: internal_error", alert(2, 80), REFUSED),
  inTheClear("a fatal alert after ServerHello", serverHello(3) + alert(2, 40), REFUSED),
  inTheClear("a close_notify in place of a ServerHello", alert(1, 0), FAILS, "closes"),
  inTheClear("SSL 3.0", serverHello(0), "E_TLS_VERSION in handshake"),
  inTheClear("TLS 1.0", serverHello(1), "E_TLS_VERSION in handshake"),
  inTheClear("TLS 1.1", serverHello(2), "E_TLS_VERSION in handshake"),
  inTheClear("a TLS version of the future", serverHello(9), ["E_TLS_VERSION in handshake", FAILS]),
  inTheClear("a cipher suite that nobody offered", serverHello(3, 0x0001), FAILS),
  inTheClear("application data in place of a handshake", record(23, "x".repeat(64)), FAILS),
  inTheClear("a record longer than any may be", bytes(22, 3, 3, 255, 255) + "x".repeat(1_000), FAILS),
  inTheClear("a message longer than any may be", record(22, message(2, "x".repeat(100), 0xffffff)), [FAILS, "E_TIMEOUT_HANDSHAKE in handshake"]),
  inTheClear("no certificate", serverHello(3) + record(22, message(11, bytes(0, 0, 0))), FAILS),
  inTheClear("a certificate that is no DER", serverHello(3) + certificateMessage("no certificate at all".repeat(20)), FAILS),
  inTheClear("a certificate longer than its message", serverHello(3) + record(22, message(11, bytes(0, 0, 9, 0, 255, 255, 1, 2, 3))), FAILS),
].map((each) => ({ ...each, deadlines: HANDSHAKE }));

const AFTER_THE_HANDSHAKE: HostileCase[] = [
  { name: "a damaged record in the body", tls: good, server: { answer: "HTTP/1.1 200 OK\r\n\r\nbody", then: { raw: record(23, "x".repeat(64)) } }, ends: BROKEN },
  { name: "an alert in the clear in the body", tls: good, server: { answer: "HTTP/1.1 200 OK\r\n\r\nbody", then: { raw: alert(2, 80) } }, ends: BROKEN },
  { name: "a close_notify in the clear in the body", tls: good, server: { answer: "HTTP/1.1 200 OK\r\n\r\nbody", then: { raw: alert(1, 0) } }, ends: BROKEN },
  { name: "plain HTTP after the handshake", tls: good, server: { then: { raw: OK } }, ends: BROKEN },
  { name: "a HelloRequest in the clear after the handshake", tls: good, server: { then: { raw: HELLO_REQUEST } }, ends: BROKEN },
  {
    name: "another handshake in place of an answer", tls: (certificates) => ({ ...good(certificates), maxVersion: "TLSv1.2" }),
    server: { then: "asks for another handshake" }, deadlines: { firstByteMs: 500 },
    ends: ["E_TIMEOUT_FIRST_BYTE in first-byte", "E_NO_RESPONSE in first-byte", BROKEN],
  },
  {
    name: "another handshake in the body", tls: (certificates) => ({ ...good(certificates), maxVersion: "TLSv1.2" }),
    server: { answer: "HTTP/1.1 200 OK\r\n\r\nbody", then: "asks for another handshake" }, deadlines: { idleMs: 500 },
    ends: ["E_TIMEOUT_IDLE in body", "E_TRUNCATED in body", BROKEN],
  },
];

const shows = (name: string, tls: NonNullable<HostileCase["tls"]>, ends: string | string[], der = { ca: "hostileRoot" }): HostileCase =>
  ({ name, tls, server: { answer: OK }, der, ends });

const CERTIFICATES: HostileCase[] = [
  // mbedTLS 2.1.1 of Linux builds does not look at the purpose.
  shows("a certificate for clients", ({ forClients }) => forClients, [FAILS, "200"]),
  shows("a certificate signed by no authority", ({ ofNoAuthority }) => ofNoAuthority, "E_UNKNOWN_CA in handshake"),
  shows("a chain with a gap", ({ withoutIssuer }) => withoutIssuer, "E_UNKNOWN_CA in handshake"),
  shows("a chain without a gap", ({ withIssuer }) => withIssuer, "200"),
  shows("a CA of the same name and another key", ({ good: tls }) => tls, "E_UNKNOWN_CA in handshake"),
  shows("a certificate of 12 KB", ({ long }) => long, "200"),
  shows("a certificate of 20 KB", ({ tooLong }) => tooLong, FAILS),
  {
    name: "a demand for a certificate that the board has not", tls: ({ mutual }) => ({ ...mutual, maxVersion: "TLSv1.2" }),
    server: { answer: OK }, ends: REFUSED,
  },
];

/** Those of the tests of verification that must fail. */
const UNVERIFIED: HostileCase[] = SCENARIOS.flatMap(({ name, host, server: tls, job, ends }) => {
  if (!("code" in ends)) return [];
  return [{ name, tls, server: { answer: OK }, host, job, ends: ends.code.map((code) => `${code} in handshake`) }];
});

export const HANDSHAKES: HostileCase[] = [...CUT_OFF, ...NO_HANDSHAKES, ...AFTER_THE_HANDSHAKE, ...CERTIFICATES, ...UNVERIFIED];
