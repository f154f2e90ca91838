import type { ClientHello } from "./client-hello.ts";
import { cipherSuiteName } from "./cipher-suite-names.ts";
import { isPostQuantumGroup, namedGroupName, signatureSchemeName } from "./extension-names.ts";

export type Rating = "Probably Okay" | "Improvable" | "Bad";

/** The JSON that `GET https://www.howsmyssl.com/a/check` answers with, as of 2026. */
export interface HowsMySslReport {
  given_cipher_suites: string[];
  given_named_groups: string[];
  given_signature_algorithms: string[];
  post_quantum_key_agreement: boolean;
  ephemeral_keys_supported: boolean;
  session_ticket_supported: boolean;
  tls_compression_supported: boolean;
  unknown_cipher_suite_supported: boolean;
  beast_vuln: boolean;
  able_to_detect_n_minus_one_splitting: boolean;
  insecure_cipher_suites: Record<string, string[]>;
  tls_version: string;
  rating: Rating;
}

const VERSION_NAMES: Record<number, string> = {
  0x0300: "SSL 3.0",
  0x0301: "TLS 1.0",
  0x0302: "TLS 1.1",
  0x0303: "TLS 1.2",
  0x0304: "TLS 1.3",
};
const TLS_1_0 = 0x0301;
const TLS_1_1 = 0x0302;
const TLS_1_2 = 0x0303;

/** From these instants on the service calls TLS 1.2, and key agreement without ML-KEM, improvable and then bad. */
const IMPROVABLE_FROM_MS = Date.UTC(2026, 5, 14, 17);
const BAD_FROM_MS = Date.UTC(2026, 11, 14, 18);

const INSECURE: [pattern: RegExp, reason: string][] = [
  [/_EXPORT_|_DES_CBC_/, "uses keys smaller than 128 bits in its encryption"],
  [/_NULL_/, "specifies no encryption at all for the connection"],
  [/_anon_/, "is open to man-in-the-middle attacks because it does not authenticate the server"],
  [/_RC4_/, "uses RC4 which has insecure biases in its output"],
];
const SWEET32_REASON =
  "uses 3DES which is vulnerable to the Sweet32 attack but was not configured as a fallback in the ciphersuite order";

/**
 * Judges a client as www.howsmyssl.com does (github.com/jmhodges/howsmyssl, client_info.go).
 *
 * @param hello what the client really offered
 * @param nowMs the time that decides how TLS 1.2 is rated, in ms since 1970
 */
export function reportOn(hello: ClientHello, nowMs: number): HowsMySslReport {
  const suites = hello.cipherSuites.map((suite) => cipherSuiteName(suite) ?? unknown("cipher suite", suite, "Some "));
  const version = highestVersion(hello);
  const findings = {
    given_cipher_suites: suites,
    given_named_groups: hello.supportedGroups.map((group) => namedGroupName(group) ?? unknown("named group", group)),
    given_signature_algorithms: hello.signatureAlgorithms.map(
      (scheme) => signatureSchemeName(scheme) ?? unknown("signature scheme", scheme),
    ),
    post_quantum_key_agreement: hello.supportedGroups.some(isPostQuantumGroup),
    ephemeral_keys_supported: suites.some((name) => name.includes("DHE_")),
    session_ticket_supported: hello.sessionTicket,
    tls_compression_supported: hello.compressionMethods.some((method) => method !== 0),
    unknown_cipher_suite_supported: hello.cipherSuites.some((suite) => cipherSuiteName(suite) === undefined),
    // Both are about TLS 1.0, which the local cloud does not speak.
    beast_vuln: false,
    able_to_detect_n_minus_one_splitting: false,
    insecure_cipher_suites: insecureSuites(suites),
    tls_version: VERSION_NAMES[version] ?? "an unknown version of SSL/TLS",
  };
  return { ...findings, rating: rate(findings, version, nowMs) };
}

function unknown(what: string, value: number, before = ""): string {
  const text = `unknown ${what}: 0x${value.toString(16).padStart(4, "0")}`;
  return before === "" ? "U" + text.slice(1) : before + text;
}

function highestVersion(hello: ClientHello): number {
  const known = hello.supportedVersions.filter((version) => version in VERSION_NAMES);
  return Math.max(hello.version, ...known);
}

function insecureSuites(suites: string[]): Record<string, string[]> {
  const insecure: Record<string, string[]> = {};
  for (const [index, name] of suites.entries()) {
    const reasons = INSECURE.filter(([pattern]) => pattern.test(name)).map(([, reason]) => reason);
    if (name.includes("_3DES_") && !isLastResort(suites, index)) reasons.push(SWEET32_REASON);
    if (reasons.length > 0) insecure[name] = reasons;
  }
  return insecure;
}

/** 3DES is let pass where only more 3DES, TLS 1.3 suites and signalling values come after it. */
function isLastResort(suites: string[], index: number): boolean {
  return suites.slice(index + 1).every((name) => /_3DES_|_SCSV$|GREASE|^TLS_(AES|CHACHA20)_|nknown/.test(name));
}

function rate(findings: Omit<HowsMySslReport, "rating">, version: number, nowMs: number): Rating {
  const outdated = version <= TLS_1_2 || !findings.post_quantum_key_agreement;
  const bad =
    findings.tls_compression_supported ||
    findings.unknown_cipher_suite_supported ||
    Object.keys(findings.insecure_cipher_suites).length > 0 ||
    version <= TLS_1_0 ||
    (outdated && nowMs >= BAD_FROM_MS);
  if (bad) return "Bad";
  const improvable =
    !findings.ephemeral_keys_supported || version === TLS_1_1 || (outdated && nowMs >= IMPROVABLE_FROM_MS);
  return improvable ? "Improvable" : "Probably Okay";
}
