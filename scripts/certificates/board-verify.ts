import { keyObjection, MAX_INTERMEDIATES, readObjection, signatureObjection } from "./board-rules.ts";
import { isSameName, isSignedBy, type Certificate } from "./certificate.ts";

/** How the board's verification of a server ends with one embedded certificate. */
export type BoardVerdict =
  | { accepted: true; /** From the server's certificate up to the last one before the embedded one. */ used: Certificate[] }
  | { accepted: false; reason: string };

/**
 * Verifies as mbedTLS on the board does (2.1.1 and 2.28.3, x509_crt.c), which differs from OpenSSL: it goes up from the server's
 * certificate, takes the embedded one as soon as its name fits, else the first fitting certificate that was sent *after* the present one,
 * never goes back to try another, and does not look at the dates of authorities (the firmware has no dates in mbedTLS).
 * @param sent what the server sends, in its order
 * @param anchor the one embedded certificate
 */
export function verifyAsBoard(sent: Certificate[], anchor: Certificate): BoardVerdict {
  const [leaf] = sent;
  if (!leaf) return refused("the server sends no certificate");
  for (const each of [...sent, anchor]) {
    const objection = readObjection(each);
    if (objection) return refused(`${each.name}: ${objection}`);
  }
  const leafObjection = keyObjection(leaf.key);
  if (leafObjection) return refused(`${leaf.name}: ${leafObjection}`);
  // mbedTLS makes an exception for a self-signed server certificate that is embedded itself.
  if (leaf.isSelfIssued && leaf.sha256 === anchor.sha256) return { accepted: true, used: [leaf] };
  return climb(sent, anchor);
}

function climb(sent: Certificate[], anchor: Certificate): BoardVerdict {
  const used: Certificate[] = [];
  for (let at = 0; ;) {
    const child = sent[at]!;
    used.push(child);
    const objection = signatureObjection(child.signature);
    if (objection) return refused(`${child.name}: ${objection}`);
    if (isSameName(child.issuer, anchor.subject)) return underAnchor(used, anchor);
    const next = sent.findIndex((each, i) => i > at && each.isAuthority && isSameName(child.issuer, each.subject));
    const problem = next < 0 ? missing(sent, child, at) : linkProblem(used, sent[next]!);
    if (problem) return refused(problem);
    at = next;
  }
}

function underAnchor(used: Certificate[], anchor: Certificate): BoardVerdict {
  const child = used.at(-1)!;
  if (!isSignedBy(child, anchor)) return refused(`"${anchor.name}" has the name of the issuer of ${child.name}, but another key`);
  const objection = anchorObjectionIn(used, anchor);
  return objection ? refused(objection) : { accepted: true, used };
}

function anchorObjectionIn(used: Certificate[], anchor: Certificate): string | undefined {
  if (!anchor.isAuthority) return `${anchor.name} is no authority's certificate`;
  return pathLengthProblem(used, anchor) ?? keyProblem(anchor);
}

function linkProblem(used: Certificate[], parent: Certificate): string | undefined {
  const child = used.at(-1)!;
  if (used.length > MAX_INTERMEDIATES) return `more than ${MAX_INTERMEDIATES} intermediates stand between the server's certificate and it`;
  if (!isSignedBy(child, parent)) return `the certificate "${parent.name}" that the server sends did not sign ${child.name}`;
  return pathLengthProblem(used, parent) ?? keyProblem(parent);
}

/** RFC 5280 4.2.1.9: self-issued certificates do not count. */
function pathLengthProblem(used: Certificate[], { name, pathLength }: Certificate): string | undefined {
  const below = used.slice(1).filter(({ isSelfIssued }) => !isSelfIssued).length;
  return pathLength !== undefined && below > pathLength ? `${name} allows ${pathLength} intermediates below it, and there are ${below}` : undefined;
}

function keyProblem({ name, key }: Certificate): string | undefined {
  const objection = keyObjection(key);
  return objection && `${name}: ${objection}`;
}

function missing(sent: Certificate[], child: Certificate, at: number): string {
  const isEarlier = sent.some((each, i) => i < at && isSameName(child.issuer, each.subject));
  return isEarlier
    ? `the server sends the issuer of ${child.name} before it, where the board does not look`
    : `the server does not send what is between ${child.name} and it`;
}

function refused(reason: string): BoardVerdict {
  return { accepted: false, reason };
}
