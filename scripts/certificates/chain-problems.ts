import { isIP } from "node:net";
import { MAX_MESSAGE_BYTES, readObjection } from "./board-rules.ts";
import { isWithinDates, type Certificate } from "./certificate.ts";
import type { Choice, ChoiceInput } from "./choose-anchor.ts";
import { deadEnds, type Path } from "./paths.ts";

/** A CDN's certificate has dozens. */
const MAX_NAMES_SHOWN = 5;

/** Why the board cannot even take in what the server sends; undefined: it can. */
export function messageProblem({ sent, messageBytes = 0, isFragmented }: ChoiceInput): string | undefined {
  if (messageBytes > MAX_MESSAGE_BYTES) {
    return `The server's certificates are ${messageBytes} bytes together. The board takes ${MAX_MESSAGE_BYTES}, one TLS record: it cannot connect, ` +
      "whatever is embedded. The server should send fewer or smaller certificates.";
  }
  if (isFragmented) {
    return "The server spreads its certificates over several TLS records, which the board does not put together: it cannot connect, " +
      "whatever is embedded.";
  }
  const unreadable = sent.find((each) => readObjection(each));
  return unreadable && `The server sends "${unreadable.name}": ${readObjection(unreadable)}. ` +
    "The board ends the handshake over it, whatever is embedded.";
}

/** What is wrong with the server's own certificate, whatever stands above it; undefined: nothing. */
export function leafProblem(leaf: Certificate, { now, host }: ChoiceInput): string | undefined {
  if (now > leaf.validTo) return `The server's own certificate expired on ${leaf.x509.validTo}. It has to be renewed; the board refuses it too.`;
  if (now < leaf.validFrom) {
    return `The server's own certificate is not valid before ${leaf.x509.validFrom}. Is this computer's clock right (${now.toUTCString()})?`;
  }
  if (!leaf.isForServers || !leaf.mayHandshake) {
    return "The server's own certificate is not meant for a server (by its key usage). The board refuses it.";
  }
  return host === undefined || isFor(leaf, host) ? undefined
    : `The server's certificate is not for ${host}, but for ${namesOf(leaf)}. The board refuses it, whatever is embedded.`;
}

/** As the board checks it: by the alternative names alone, never by the common name. */
function isFor({ x509 }: Certificate, host: string): boolean {
  if (isIP(host) !== 0) return x509.checkIP(host) !== undefined;
  return x509.checkHost(host, { subject: "never" }) !== undefined;
}

function namesOf({ x509 }: Certificate): string {
  const names = x509.subjectAltName?.split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")) ?? [];
  const shown = names.slice(0, MAX_NAMES_SHOWN).join(", ");
  if (names.length === 0) return "no name at all (it has no alternative names)";
  return names.length > MAX_NAMES_SHOWN ? `${shown} and ${names.length - MAX_NAMES_SHOWN} more` : shown;
}

/** Why no certificate can be embedded for this chain. */
export function problemOf({ leaf, sent, fetched, paths, candidates }: Choice): string {
  const expired = paths.find(({ outOfDate }) => outOfDate)?.outOfDate;
  if (candidates.length > 0) {
    return "The board can verify this server with no certificate on its way to a trusted root:\n" +
      candidates.map(({ certificate, objection }) => `  ${certificate.name}: ${objection}`).join("\n");
  }
  if (expired) {
    return `Every way to a trusted root leads over "${expired.name}", which is valid from ${expired.x509.validFrom} to ${expired.x509.validTo}. ` +
      "The server has to be given its authority's current intermediate.";
  }
  if (leaf.isSelfIssued) return selfSignedProblem(leaf);
  const tops = deadEnds(leaf, [...sent.slice(1), ...fetched]);
  return tops.map((top) => top.isSelfIssued ? privateRootProblem(top) : unknownIssuerProblem(top)).join("\n");
}

function selfSignedProblem(leaf: Certificate): string {
  if (leaf.isAuthority) return privateRootProblem(leaf);
  return `The server's certificate is self-signed (SHA-256 ${leaf.sha256}), so nothing above it can be embedded. ` +
    "Give the server a certificate of an authority (your own will do), or pin it in the program: the option `pins`.";
}

function privateRootProblem({ name, sha256 }: Certificate): string {
  return `The server's chain ends in "${name}", which is not in the root store. If that is an authority of your own, ` +
    "compare this SHA-256 with it, on the computer that has it:\n" +
    `  ${sha256}\nand add it with --fingerprint and that value, or from its file.`;
}

function unknownIssuerProblem({ name, issuer }: Certificate): string {
  return `The server does not send the certificate that signed "${name}" (${issuer}), it is not in the root store, and it could not be fetched. ` +
    "Whoever runs the server should add its intermediates; or add the authority's certificate from a file.";
}

/** What the server does wrong though it works: one sentence each. */
export function faultsOf({ sent, fetched = [], now }: ChoiceInput, paths: Path[]): string[] {
  const path = paths.find(({ outOfDate }) => !outOfDate)?.certificates ?? [];
  const missing = path.slice(1, -1).filter((each) => fetched.some(({ sha256 }) => sha256 === each.sha256));
  const expired = sent.slice(1).filter((each) => !isWithinDates(each, now));
  return [
    ...(path.length === 1 ? ["The server's own certificate is its root: once it gets another one, programs have to be changed."] : []),
    ...missing.map(({ name }) => `The server does not send its intermediate "${name}". Browsers fetch it, a board cannot.`),
    ...expired.map(({ name, x509 }) => `The server sends "${name}", which is valid from ${x509.validFrom} to ${x509.validTo} only.`),
    ...(isInOrder(sent, path) ? [] : ["The server sends its certificates in the wrong order: each has to come after the one that it signed."]),
  ];
}

function isInOrder(sent: Certificate[], path: Certificate[]): boolean {
  const places = path.map((each) => sent.findIndex(({ sha256 }) => sha256 === each.sha256)).filter((place) => place >= 0);
  return places.every((place, i) => i === 0 || place > places[i - 1]!);
}
