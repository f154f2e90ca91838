import { isIP } from "node:net";
import { anchorObjection, keyObjection, MAX_RSA_BITS } from "../certificates/board-rules.ts";
import { verifyAsBoard } from "../certificates/board-verify.ts";
import type { Certificate } from "../certificates/certificate.ts";
import { messageProblem } from "../certificates/chain-problems.ts";
import type { Candidate, Choice, ChoiceInput } from "../certificates/choose-anchor.ts";
import { verdict, type Verdict } from "./verdict.ts";

/** A certificate to embed. */
export type Anchor = Pick<Candidate, "certificate" | "isRoot">;

/**
 * What to embed. Where nothing is chosen, because something in the chain is out of its dates, that is what the board would verify the server
 * with all the same: it looks at the dates of the server's own certificate alone.
 */
export function anchorFor({ chosen, candidates, paths, sent }: Choice): Anchor | undefined {
  const usable = chosen ?? candidates.find(({ objection }) => objection === undefined);
  if (usable) return usable;
  const roots = paths.map(({ certificates }) => certificates.at(-1)!);
  const certificate = roots.find((root) => anchorObjection(root) === undefined && verifyAsBoard(sent, root).accepted);
  return certificate && { certificate, isRoot: true };
}

/**
 * What the board ends with at a server's certificates, in the order in which it looks: mbedTLS at the message, the host's name and the
 * chain; then modules/tls/guard.ts at dates and alternative names. Undefined: it accepts them.
 * @param choice what was chosen to embed; its `problem` is the text of the verdict
 */
export function judgeCertificate(choice: Choice, input: ChoiceInput & { host: string }): Verdict | undefined {
  const code = codeFor(choice, input);
  if (code === undefined) return undefined;
  return verdict("fails", code, choice.problem ?? "The board refuses the server's certificate.", advice(code, choice));
}

/** The chip's arithmetic ends below this key, so no handshake with it does (read in ESP-IDF, never tried). */
export function isBeyondChip({ key }: Certificate): boolean {
  return key.kind === "rsa" && key.bits! > MAX_RSA_BITS;
}

function codeFor(choice: Choice, input: ChoiceInput & { host: string }): string | undefined {
  const { leaf } = choice;
  const { host, now } = input;
  const isAddress = isIP(host) !== 0;
  if (messageProblem(input) !== undefined) return "E_HANDSHAKE";
  if (isBeyondChip(leaf)) return "E_HANDSHAKE";
  if (keyObjection(leaf.key) !== undefined || !leaf.isForServers || !leaf.mayHandshake) return "E_CERT_REFUSED";
  if (!isAddress && !isNamed(leaf, host)) return "E_WRONG_HOST";
  if (!anchorFor(choice)) return "E_UNKNOWN_CA";
  if (now > leaf.validTo) return "E_CERT_EXPIRED";
  if (now < leaf.validFrom) return "E_CERT_NOT_YET_VALID";
  if (leaf.x509.subjectAltName === undefined) return "E_CERT_NO_NAMES";
  return isAddress && leaf.x509.checkIP(host) === undefined ? "E_WRONG_HOST" : undefined;
}

/** As mbedTLS does: the common name counts where there are no alternative names. */
function isNamed({ x509 }: Certificate, host: string): boolean {
  const subject = x509.subjectAltName === undefined ? "always" : "never";
  return x509.checkHost(host, { subject }) !== undefined;
}

function advice(code: string, { leaf }: Choice): string[] {
  if (code === "E_WRONG_HOST" && leaf.x509.subjectAltName) return ["Use a name in the program that the certificate has."];
  if (code === "E_UNKNOWN_CA") return ["If it is an authority of your own: --roots FILE, with its certificate (PEM), examines the server with that."];
  if (code === "E_CERT_EXPIRED" || code === "E_CERT_NO_NAMES") return ["Whoever runs the server has to give it a new certificate."];
  return [];
}
