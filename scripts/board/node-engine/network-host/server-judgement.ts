import { isReadable, type Problem, PROBLEMS, verifyChain } from "./certificate-verification.ts";
import { BAD_CERTIFICATE_MESSAGE, CA_CHAIN_REQUIRED, CERTIFICATE_REFUSED, INVALID_CERTIFICATE } from "./mbedtls-codes.ts";
import type { VerificationSettings } from "./messages.ts";
import { ALERT } from "./tls-records.ts";

/** What mbedTLS makes of a server's certificate. */
export interface Judgement {
  /** Why it would be refused, in mbedTLS's words and order. */
  problems: string[];
  /** What the handshake fails with; undefined when it goes on. */
  code: number | undefined;
  /** The fatal alert that goes to the server. */
  alert: number | undefined;
}

const ACCEPTED: Judgement = { problems: [], code: undefined, alert: undefined };
/** The first of these that is there decides on the alert (ssl_parse_certificate_verify). */
const ALERTS: [Problem, number][] = [
  ["wrongName", ALERT.badCertificate],
  ["wrongUsage", ALERT.unsupportedCertificate],
  ["badKey", ALERT.unsupportedCertificate],
  ["notTrusted", ALERT.unknownCa],
];

/** What a handshake fails with because it shows no certificate, or something that is none, verified or not; undefined when it goes on. */
export function unreadableCode(chain: readonly Uint8Array[]): number | undefined {
  if (chain.length === 0) return BAD_CERTIFICATE_MESSAGE;
  return chain.every(isReadable) ? undefined : INVALID_CERTIFICATE;
}

/** Checks a chain by the settings. Without settings everything is accepted. */
export function judgeServer(chain: readonly Uint8Array[], settings: VerificationSettings | undefined): Judgement {
  if (settings === undefined) return ACCEPTED;
  const found = verifyChain(chain, settings);
  const problems = (Object.keys(PROBLEMS) as Problem[]).filter((each) => found.includes(each)).map((each) => PROBLEMS[each]);
  if (problems.length === 0 || !settings.isRequired) return { ...ACCEPTED, problems };
  const [, alert] = ALERTS.find(([problem]) => found.includes(problem))!;
  return {
    problems,
    code: refusalCode(found, settings),
    alert: settings.sendsAlert ? alert : undefined,
  };
}

/** The purpose of a certificate is looked at after all else (ssl_parse_certificate_verify). */
function refusalCode(found: Problem[], settings: VerificationSettings): number {
  if (settings.trusted === undefined) return CA_CHAIN_REQUIRED;
  return found.every((problem) => problem === "wrongUsage") ? BAD_CERTIFICATE_MESSAGE : CERTIFICATE_REFUSED;
}
