import { isSameName, isSignedBy, isWithinDates, type Certificate } from "./certificate.ts";
import type { RootStore } from "./root-store.ts";

/** A chain that holds: from the server's certificate to a root of the store. */
export interface Path {
  certificates: Certificate[];
  /** The first that is out of its dates. */
  outOfDate?: Certificate;
}

/** A chain of 12 intermediates is still followed. */
const MAX_LENGTH = 16;
/** Cross-signed authorities multiply paths; nobody looks at more. */
const MAX_PATHS = 32;

/**
 * Finds every path from a server's certificate to a trusted root, by names and signatures (RFC 5280 6.1, without policies).
 * @param leaf the server's certificate
 * @param others what else is known: what the server sent and what was fetched, in any order
 */
export function findPaths(leaf: Certificate, others: Certificate[], roots: RootStore, now: Date): Path[] {
  const found: Certificate[][] = [];
  extend([leaf], others, roots, found);
  return found
    .map((certificates) => ({ certificates, outOfDate: certificates.find((each) => !isWithinDates(each, now)) }))
    .sort((one, other) => one.certificates.length - other.certificates.length);
}

/** The top of every way up that ends without a trusted root: certificates whose issuer is not known. */
export function deadEnds(leaf: Certificate, others: Certificate[]): Certificate[] {
  const seen = new Map<string, Certificate>();
  const visit = (child: Certificate): void => {
    if (seen.has(child.sha256)) return;
    seen.set(child.sha256, child);
    issuersOf(child, others).forEach(visit);
  };
  visit(leaf);
  return [...seen.values()].filter((each) => each.isSelfIssued || issuersOf(each, others).length === 0);
}

function extend(path: Certificate[], others: Certificate[], roots: RootStore, found: Certificate[][]): void {
  const child = path.at(-1)!;
  if (found.length >= MAX_PATHS || path.length > MAX_LENGTH) return;
  if (roots.has(child)) {
    found.push(path);
    return;
  }
  const trusted = roots.bySubject(child.issuer).filter((root) => isSignedBy(child, root) && allowsLength(root, path));
  for (const root of trusted) found.push([...path, root]);
  for (const issuer of issuersOf(child, others)) {
    if (!roots.has(issuer) && allowsLength(issuer, path) && !isRepeated(path, issuer)) extend([...path, issuer], others, roots, found);
  }
}

function issuersOf(child: Certificate, others: Certificate[]): Certificate[] {
  if (child.isSelfIssued && isSignedBy(child, child)) return [];
  return others.filter((each) => each.isAuthority && each.sha256 !== child.sha256 && isSignedBy(child, each));
}

/** RFC 5280 4.2.1.9: how many intermediates may stand below; self-issued ones do not count. */
function allowsLength({ pathLength }: Certificate, below: Certificate[]): boolean {
  return pathLength === undefined || below.slice(1).filter(({ isSelfIssued }) => !isSelfIssued).length <= pathLength;
}

/** Two authorities that cross-sign each other would lead round and round. */
function isRepeated(path: Certificate[], { subject, x509 }: Certificate): boolean {
  return path.some((each) => isSameName(each.subject, subject) && each.x509.publicKey.equals(x509.publicKey));
}
