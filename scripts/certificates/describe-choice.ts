import { dateOf, daysLeft, type Certificate } from "./certificate.ts";
import type { Candidate, Choice } from "./choose-anchor.ts";
import type { Path } from "./paths.ts";

/** A choice in words, for a person: what was sent, the ways up, what could be embedded. One line each. */
export function describeChoice(choice: Choice, server: string, now: Date): string[] {
  const { sent, fetched, paths, candidates, faults } = choice;
  return [
    `${server} sends ${sent.length === 1 ? "one certificate" : `${sent.length} certificates`}:`,
    ...sent.map((each, i) => `  ${i + 1}. ${describeCertificate(each, now)}`),
    ...fetched.map((each) => `  not sent, but fetched: ${describeCertificate(each, now)}`),
    ...(paths.length > 0 ? ["Ways to a trusted root:"] : []),
    ...paths.map(describePath),
    ...(candidates.length > 0 ? ["What could be embedded:"] : []),
    ...candidates.map((each) => `  ${each === choice.chosen ? "*" : "-"} ${describeCandidate(each)}`),
    ...faults.map((fault) => `Note: ${fault}`),
  ];
}

/** Why this one and not another, in one or two sentences. */
export function describeReason({ chosen, candidates }: Choice): string {
  if (!chosen) return "";
  const others = candidates.filter((each) => each !== chosen && each.objection === undefined);
  const kind = chosen.isRoot ? "a root, which servers keep for years"
    : "an intermediate: no root will do (see above). It is replaced more often than a root";
  const rival = others.find(({ isRoot }) => isRoot === chosen.isRoot);
  return `${chosen.certificate.name} is ${kind}.${rival ? ` ${compare(chosen, rival)}` : ""}`;
}

/** Subject's name, key and dates of a certificate, on one line. */
export function describeCertificate(certificate: Certificate, now: Date): string {
  const { name, key, validTo, isAuthority } = certificate;
  const role = isAuthority ? "authority" : "server";
  return `${name} (${role}, ${key.text}, until ${dateOf(validTo)}: ${daysLeft(certificate, now)} days)`;
}

function describePath({ certificates, outOfDate }: Path): string {
  return `  ${certificates.map(({ name }) => name).join(" <- ")}${outOfDate ? `   (${outOfDate.name} is out of its dates)` : ""}`;
}

function describeCandidate({ certificate, isRoot, signatures, objection }: Candidate): string {
  const { name, key, der, validTo } = certificate;
  const facts = `${isRoot ? "root" : "intermediate"}, ${key.text}, ${der.length} bytes, until ${dateOf(validTo)}`;
  return `${name}: ${facts}; ${objection ? `not for the board: ${objection}` : `${counted(signatures!, "signature")} to check`}`;
}

function compare(chosen: Candidate, rival: Candidate): string {
  const [fewer, more] = [chosen.signatures!, rival.signatures!];
  const [own, other] = [chosen.certificate, rival.certificate];
  const name = other.name;
  if (!chosen.isRoot && own.validTo > other.validTo) return `It is valid longer than ${name}.`;
  if (fewer < more) return `With it the board checks ${counted(fewer, "signature")}, with ${name} ${more}.`;
  if (own.der.length < other.der.length) return `It is smaller (${own.der.length} bytes) than ${name} (${other.der.length}).`;
  return `${name} expires sooner.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
