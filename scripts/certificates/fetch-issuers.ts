import { get as getHttp } from "node:http";
import { get as getHttps } from "node:https";
import { isSignedBy, readCertificate, type Certificate } from "./certificate.ts";
import type { RootStore } from "./root-store.ts";
import { deadEnds } from "./paths.ts";

const TIMEOUT_MS = 5_000;
/** A certificate has 1 or 2 KB. */
const MAX_BYTES = 64 * 1024;
/** Nobody leaves out more. */
const MAX_FETCHES = 4;
const PEM_BEGIN = "-----BEGIN CERTIFICATE-----";

/**
 * Fetches the intermediates that a server did not send, from where its certificates say (RFC 5280 4.2.2.1), until a root of the store is
 * reached. What cannot be fetched is left out: it is the server's fault, not an error. Signatures decide, so http is good enough.
 */
export async function fetchIssuers(sent: Certificate[], roots: RootStore): Promise<Certificate[]> {
  const fetched: Certificate[] = [];
  for (let left = MAX_FETCHES; left > 0; left--) {
    const child = deadEnds(sent[0]!, [...sent.slice(1), ...fetched]).find((each) => isWanting(each, roots));
    if (!child) return fetched;
    const issuer = await fetchIssuer(child);
    if (!issuer) return fetched;
    fetched.push(issuer);
  }
  return fetched;
}

function isWanting(child: Certificate, roots: RootStore): boolean {
  return !child.isSelfIssued && child.issuerUrls.length > 0 && !roots.bySubject(child.issuer).some((root) => isSignedBy(child, root));
}

async function fetchIssuer(child: Certificate): Promise<Certificate | undefined> {
  for (const url of child.issuerUrls) {
    try {
      const bytes = await fetchBytes(url);
      const issuer = readCertificate(bytes.includes(PEM_BEGIN) ? bytes : Buffer.from(bytes));
      if (issuer.isAuthority && isSignedBy(child, issuer)) return issuer;
    } catch {
      // The next address may have it.
    }
  }
  return undefined;
}

function fetchBytes(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const get = /^https:/i.test(url) ? getHttps : getHttp;
    const request = get(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) }, (response) => {
      if (response.statusCode !== 200) request.destroy(new Error(`status ${response.statusCode}`));
      const pieces: Buffer[] = [];
      let length = 0;
      response.on("data", (piece: Buffer) => {
        pieces.push(piece);
        length += piece.length;
        if (length > MAX_BYTES) request.destroy(new Error("too long"));
      });
      response.on("end", () => resolve(Buffer.concat(pieces)));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}
