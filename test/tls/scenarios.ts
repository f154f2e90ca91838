// How verification must end, case by case: run on real interpreters and on the virtual board.
import type { TlsOptions } from "node:tls";
import type { Certificates } from "./certificates.ts";
import type { Job } from "./real-interpreter.ts";

export const SHORT_HOST = "local.example";
export const LONG_HOST = "a-host-name-with-forty-six-bytes-.test.example";
export const ADDRESS = "192.0.2.7";

/** A request, the server it meets, and how it must end. */
export interface Scenario {
  name: string;
  host: string;
  server: (certificates: Certificates) => TlsOptions;
  job: (certificates: Certificates) => Omit<Job, "options"> & { options?: Record<string, unknown> };
  /** The error's code (several where the firmware's version decides), or what `tls.verified` says. */
  ends: { code: string[] } | { verified: string };
}

const root = { ca: "root" };
const failsWith = (...code: string[]): { code: string[] } => ({ code });

export const SCENARIOS: Scenario[] = [
  {
    name: "the right CA", host: SHORT_HOST, server: ({ good }) => good, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "a host name of 46 characters", host: LONG_HOST, server: ({ good }) => good, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "an unrelated CA", host: SHORT_HOST, server: ({ good }) => good, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "an unrelated CA and a long name", host: LONG_HOST, server: ({ good }) => good, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "another host", host: "other.example", server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "another host with a long name", host: `x${LONG_HOST}`, server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an expired certificate", host: SHORT_HOST, server: ({ expired }) => expired, job: () => root, ends: failsWith("E_CERT_EXPIRED"),
  },
  {
    name: "a certificate of tomorrow", host: SHORT_HOST, server: ({ future }) => future, job: () => root, ends: failsWith("E_CERT_NOT_YET_VALID"),
  },
  {
    name: "a common name alone", host: SHORT_HOST, server: ({ commonNameOnly }) => commonNameOnly, job: () => root, ends: failsWith("E_CERT_NO_NAMES"),
  },
  {
    name: "a self-signed certificate", host: SHORT_HOST, server: ({ selfSigned }) => selfSigned, job: () => root, ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "a pin of another certificate", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ ...root, options: { pins: [pins.other] } }), ends: failsWith("E_PIN_MISMATCH"),
  },
  {
    name: "a pin of another certificate, no CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.other] } }), ends: failsWith("E_PIN_MISMATCH"),
  },
  {
    name: "a SHA-256 pin beside the CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ ...root, options: { pins: [pins.other, pins.sha256] } }), ends: { verified: "ca, pin" },
  },
  {
    name: "a SHA-256 pin without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha256] } }), ends: { verified: "pin" },
  },
  {
    name: "a SHA-1 pin without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha1] } }), ends: { verified: "pin" },
  },
  {
    name: "a pin of the public key without CA", host: SHORT_HOST, server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.key] } }), ends: { verified: "pin" },
  },
  {
    name: "the right pin, no CA, and another host", host: "other.example", server: ({ good }) => good,
    job: ({ pins }) => ({ options: { pins: [pins.sha256] } }), ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an IP host that the certificate names", host: ADDRESS, server: ({ address }) => address, job: () => root, ends: { verified: "ca" },
  },
  {
    name: "an IP host that the certificate does not name", host: ADDRESS, server: ({ good }) => good, job: () => root, ends: failsWith("E_WRONG_HOST"),
  },
  {
    name: "an IP host and an unrelated CA", host: ADDRESS, server: ({ address }) => address, job: () => ({ ca: "otherRoot" }), ends: failsWith("E_UNKNOWN_CA"),
  },
  {
    name: "an IP host with a pin and no CA", host: ADDRESS, server: ({ address }) => address,
    job: ({ pins }) => ({ options: { pins: [pins.address] } }), ends: { verified: "pin" },
  },
  {
    name: "a server that stops at TLS 1.1", host: SHORT_HOST, server: ({ good }) => ({ ...good, minVersion: "TLSv1", maxVersion: "TLSv1.1" }),
    job: () => root, ends: failsWith("E_TLS_VERSION", "E_TLS_ALERT"),
  },
  {
    name: "a server that speaks TLS 1.3 only", host: SHORT_HOST, server: ({ good }) => ({ ...good, minVersion: "TLSv1.3" }),
    job: () => root, ends: failsWith("E_TLS_ALERT"),
  },
  {
    name: "mutual TLS", host: SHORT_HOST, server: ({ mutual }) => mutual,
    job: () => ({ ...root, cert: "client", key: "clientKey" }), ends: { verified: "ca" },
  },
  {
    name: "mutual TLS and a long name", host: LONG_HOST, server: ({ mutual }) => mutual,
    job: () => ({ ...root, cert: "client", key: "clientKey" }), ends: { verified: "ca" },
  },
  {
    name: "a self-signed server as CA", host: SHORT_HOST, server: ({ selfSigned }) => selfSigned, job: () => ({ ca: "selfSigned" }), ends: { verified: "ca" },
  },
  {
    name: "a spare certificate, long name, self-signed server as CA", host: LONG_HOST, server: ({ selfSigned }) => selfSigned,
    job: () => ({ ca: "selfSigned", cert: "client" }), ends: { verified: "ca" },
  },
];
