import { createAuthority, issueCertificate, selfSignedCertificate, type IssuedCertificate } from "../cloud/certificate-authority.ts";

/** A server that the board meets, and how a client that verifies must judge it. */
export interface ServerCase {
  id: string;
  /** For people. */
  title: string;
  /** The name that the board asks for. Names under .test are nobody's (RFC 6761 6.2). */
  host: string;
  /** The error codes of a right refusal; none: it must be accepted. */
  refusals: readonly string[];
  certificate(authorities: Authorities): Promise<IssuedCertificate>;
}

export interface Authorities {
  /** The one that the board is given as trust anchor. */
  trusted: IssuedCertificate;
  unrelated: IssuedCertificate;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** mbedTLS says the same of both; E_CERT_REFUSED stays when the second look, which tells them apart, does not succeed. */
const UNKNOWN_CA = ["E_UNKNOWN_CA", "E_CERT_REFUSED"];
const WRONG_HOST = ["E_WRONG_HOST", "E_CERT_REFUSED"];

/** The first one has to be one that is accepted: its ClientHellos are compared between boots. */
export const SERVER_CASES: readonly ServerCase[] = [
  {
    id: "right-ca",
    title: "right CA and host",
    host: "right.test",
    refusals: [],
    certificate: ({ trusted }) => issueCertificate(trusted, { names: ["right.test"] }),
  },
  {
    id: "wrong-ca",
    title: "another CA",
    host: "wrong-ca.test",
    refusals: UNKNOWN_CA,
    certificate: ({ unrelated }) => issueCertificate(unrelated, { names: ["wrong-ca.test"] }),
  },
  {
    id: "wrong-host",
    title: "another host's",
    host: "wrong-host.test",
    refusals: WRONG_HOST,
    certificate: ({ trusted }) => issueCertificate(trusted, { names: ["somebody-else.test"] }),
  },
  {
    id: "expired",
    title: "expired",
    host: "expired.test",
    refusals: ["E_CERT_EXPIRED"],
    certificate: ({ trusted }) => issueCertificate(trusted, { names: ["expired.test"], notBefore: daysAgo(60), notAfter: daysAgo(30) }),
  },
  {
    id: "self-signed",
    title: "self-signed",
    host: "self-signed.test",
    refusals: UNKNOWN_CA,
    certificate: () => selfSignedCertificate({ names: ["self-signed.test"] }),
  },
  {
    id: "long-name",
    title: "name over 17 letters",
    host: "a-name-that-does-not-fit-in-place.test",
    refusals: [],
    certificate: ({ trusted }) => issueCertificate(trusted, { names: ["a-name-that-does-not-fit-in-place.test"] }),
  },
];

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * DAY_MS);
}

/** Makes the two throw-away authorities. */
export async function createAuthorities(): Promise<Authorities> {
  return {
    trusted: await createAuthority("espruino-https selftest CA (throw-away)"),
    unrelated: await createAuthority("espruino-https selftest, another CA (throw-away)"),
  };
}
