import { diagnose } from "./diagnose.ts";
import { alertName, minorVersionName } from "./names.ts";
import { verdict, type Verdict } from "./verdict.ts";
import type { Visit, VisitOptions } from "./visit.ts";

/** In ServerHello. */
const TLS_1_2 = 3;

const UNREACHED: Partial<Record<Visit["end"], (server: string, visit: Visit, timeoutMs: number) => Verdict>> = {
  refused: (server, { reason }) => verdict("unknown", "E_CONNECT", `Nothing listens at ${server} (${reason}). Is the port right, is the server up?`),
  unreachable: (server, { reason }) => verdict("unknown", "E_CONNECT", `${server} cannot be reached (${reason}). Is this computer online?`),
  "no-connection": (server, _visit, timeoutMs) => verdict("unknown", "E_CONNECT",
    `${server} does not answer within ${timeoutMs / 1_000} s. Is the address right, does a firewall stand between?`),
  timeout: (server, _visit, timeoutMs) => verdict("unknown", "E_TIMEOUT_HANDSHAKE",
    `${server} takes the connection, but does not finish the TLS handshake within ${timeoutMs / 1_000} s.`),
  "not-tls": (server, { reason }) => verdict("fails", "E_HANDSHAKE",
    `${server} answers, but not with TLS (it begins with ${reason}). Is this the right port?`),
};

/** What a visit with the project's offer says before certificates are looked at; undefined: nothing against it. */
export async function judgeHello(found: Visit, server: string, options: VisitOptions): Promise<Verdict | undefined> {
  const unreached = UNREACHED[found.end]?.(server, found, options.timeoutMs);
  if (unreached) return unreached;
  if (found.minorVersion !== undefined && found.minorVersion < TLS_1_2) return oldVersion(found.minorVersion);
  if (found.certificates.length > 0) return undefined;
  if (found.end === "alert") {
    const { text, advice } = await diagnose(found, options);
    return verdict("fails", "E_TLS_ALERT", text, advice);
  }
  return verdict("fails", "E_HANDSHAKE", found.end === "closed"
    ? `${server} closes the connection before it shows a certificate. Is this a port for TLS?`
    : `The handshake with ${server} fails (${found.reason ?? found.end}).`);
}

/** What it says after them: the server did not go on, most often for want of a client certificate. */
export function judgeFinish(found: Visit, server: string, hasClientCertificate: boolean): Verdict | undefined {
  if (found.end === "secure") return undefined;
  const code = found.end === "alert" ? "E_TLS_ALERT" : "E_HANDSHAKE";
  if (found.wantsCertificate && found.end !== "failed") return clientCertificateVerdict(found, code, hasClientCertificate);
  const how = found.end === "alert" ? alertName(found.alert) : found.reason ?? found.end;
  return verdict("fails", code, `${server} shows its certificate, but the handshake does not come to its end (${how}).`);
}

/**
 * Stock firmware verifies nothing, so only the handshake counts.
 * @param serverName what it asks for
 */
export function judgeStock(stock: Visit, project: Visit, server: string, timeoutMs: number, serverName: string | false): Verdict {
  const unreached = UNREACHED[stock.end]?.(server, stock, timeoutMs);
  if (unreached) return unreached;
  if (stock.end !== "secure" && stock.minorVersion !== undefined && stock.minorVersion < TLS_1_2) {
    // mbedTLS lets the version pass and stumbles later, so the board does not name it.
    return verdict("fails", "E_HANDSHAKE", `The server speaks ${minorVersionName(stock.minorVersion)} at best, which this firmware does not.`);
  }
  const name = serverName === false ? "no host's name at all" : `the made-up name "${serverName}"`;
  if (stock.end === "secure") {
    return { outcome: "works", text: "It connects, to whoever answers: stock firmware does not check who the server is.", advice: [] };
  }
  if (stock.end !== "alert") return verdict("fails", "E_HANDSHAKE", `The handshake fails (${stock.reason ?? stock.end}).`);
  if (stock.wantsCertificate) return clientCertificateVerdict(stock, "E_SNI", false);
  if (project.certificates.length === 0) return verdict("fails", "E_SNI", `The server ends the handshake with ${alertName(stock.alert)}.`);
  return verdict("fails", "E_SNI", `It asks for ${name}, and the server, which goes by the name, ends the handshake (${alertName(stock.alert)}).`);
}

function oldVersion(minor: number): Verdict {
  const name = minorVersionName(minor);
  return verdict("fails", "E_TLS_VERSION", `The server speaks ${name} at best, which this project refuses: it is weaker than TLS 1.2.`, [
    `If the server cannot be renewed: minTls: "${name.slice(4)}" in the request's options allows it.`,
  ]);
}

function clientCertificateVerdict(found: Visit, code: string, hasClientCertificate: boolean): Verdict {
  const how = found.end === "alert" ? alertName(found.alert) : found.end;
  if (hasClientCertificate) {
    return verdict("fails", code, `The server refuses this client certificate (${how}).`, ["At AWS IoT: is it active, and has it a policy?"]);
  }
  return verdict("needs", code, "The server wants a client certificate (mutual TLS), and ends the handshake without one.", [
    "Give the request `cert` and `key` (npm run provision writes them to the board), and try it here with --cert FILE --key FILE.",
  ]);
}
