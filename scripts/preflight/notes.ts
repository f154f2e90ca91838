import { X509Certificate } from "node:crypto";
import { dateOf, daysLeft } from "../certificates/certificate.ts";
import type { Choice } from "../certificates/choose-anchor.ts";
import { successorsOf } from "../certificates/successors.ts";
import type { Answer } from "./ask.ts";
import type { Target } from "./target.ts";
import type { Verdict } from "./verdict.ts";
import type { Visit } from "./visit.ts";

export interface NotedFindings {
  stockVisit: Visit | undefined;
  found: Visit | undefined;
  choice: Choice | undefined;
  answers: { old: Answer; young: Answer } | undefined;
  project: Verdict;
  now: Date;
  target: Target;
}

/** A certificate that expires sooner is worth a word: most are renewed a month before. */
const SOON_DAYS = 21;
/** What the client collects of a body unless it is told otherwise (modules/limits.ts). */
const COLLECTED_BYTES = 16_384;

/** What works and is still worth knowing: one or two sentences each. */
export function notesOf(findings: NotedFindings): string[] {
  return [...certificateNotes(findings), ...nameNotes(findings), ...answerNotes(findings)];
}

function certificateNotes({ choice, found, now, project }: NotedFindings): string[] {
  if (!choice) return [];
  const days = daysLeft(choice.leaf, now);
  const next = choice.chosen?.isRoot ? successorsOf(choice.chosen.certificate) : [];
  return [
    ...(days >= 0 && days <= SOON_DAYS ? [`The server's certificate expires in ${days} days (${dateOf(choice.leaf.validTo)}): is it renewed in time?`] : []),
    ...(project.outcome === "works" && choice.problem ? [`${choice.problem} The board does not look at the dates of authorities, and connects; other clients refuse.`] : []),
    ...choice.faults,
    ...(found?.wantsCertificate && found.end === "secure" ? ["The server asks for a client certificate, and goes on without one: what it allows then is its own business."] : []),
    ...(next.length > 0 ? [`Other roots of this authority, for the day it changes: ${next.map(({ name }) => name).join(", ")}.`] : []),
  ];
}

function nameNotes({ stockVisit, found, target }: NotedFindings): string[] {
  const [shown, right] = [stockVisit?.certificates[0], found?.certificates[0]];
  if (!shown || !right || shown.equals(right)) return [];
  const names = new X509Certificate(shown).subjectAltName?.replaceAll(/(DNS|IP Address):/g, "").slice(0, 80) ?? "nobody";
  return [`To stock firmware's made-up name the server shows another certificate, for ${names}: it may give it another site than ${target.host}, and stock firmware does not notice.`];
}

function answerNotes({ answers }: NotedFindings): string[] {
  if (!answers) return [];
  const { statusCode = 0, headers, bodyBytes, framing } = answers.old;
  const location = headers["location"];
  return [
    ...(statusCode >= 300 && statusCode < 400 && location ? [redirectNote(location)] : []),
    ...(headers["content-encoding"] ? [`The body comes compressed (${headers["content-encoding"]}) though nobody asked for it: the board cannot unpack it.`] : []),
    ...(framing === "chunked" ? ["The server sends chunks to HTTP/1.0, which is against RFC 9112; the client takes them."] : []),
    ...(bodyBytes > COLLECTED_BYTES ? [`The body is longer than the ${COLLECTED_BYTES.toLocaleString("en-US")} bytes that the client collects: take it piece by piece with onData.`] : []),
    ...(statusCode === 421 ? ["421 says that this name is not served on this connection: the server goes by the host's name."] : []),
    ...(statusCode >= 400 ? [`The status ${statusCode} is the service's answer to a bare request, without authorization: the connection is fine.`] : []),
  ];
}

function redirectNote(location: string): string {
  const plain = /^http:/i.test(location) ? " That is plain http, where the client does not follow." : "";
  return `It sends the board on to ${location}.${plain} The client follows only where the program says so (modules/redirects.ts): better ask there at once, ` +
    "and run preflight for that address too.";
}
