import { anchorObjection } from "./board-rules.ts";
import { daysLeft, isWithinDates, type Certificate } from "./certificate.ts";
import type { CertsFile } from "./certs-folder.ts";
import { headOf } from "./pem-file.ts";

/**
 * What is wrong with a file of certs/, one sentence each; none: all is well.
 * @param warningDays expiring sooner counts as wrong
 */
export function problemsOf({ head, certificate, unreadable, usedBy }: CertsFile, now: Date, warningDays: number): string[] {
  if (!certificate) return [unreadable!];
  const objection = anchorObjection(certificate);
  return [
    ...dateProblems(certificate, now, warningDays),
    ...(objection ? [`it cannot serve for verification: ${objection}`] : []),
    ...Object.entries(headOf(certificate)).filter(([name, value]) => head[name as keyof typeof head] !== value)
      .map(([name, value]) => `its head does not match its certificate: "# ${name}: ${value}" is right`),
    ...(head.From ? [] : ['its head does not say where it comes from ("# From: ...")']),
    ...(usedBy.length > 0 || head.Standby ? [] : ['no program imports it: delete it, or say with "# Standby: ..." why it is kept']),
  ];
}

function dateProblems(certificate: Certificate, now: Date, warningDays: number): string[] {
  const days = daysLeft(certificate, now);
  if (now > certificate.validTo) return [`it expired on ${certificate.x509.validTo}`];
  if (!isWithinDates(certificate, now)) return [`it is not valid before ${certificate.x509.validFrom}`];
  return days < warningDays ? [`it expires in ${days} days, on ${certificate.x509.validTo}`] : [];
}
