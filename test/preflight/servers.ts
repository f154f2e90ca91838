// Servers of every kind that a board may meet, with how a request to each must end.
import net from "node:net";
import tls, { type TlsOptions } from "node:tls";
import { listenOnLoopback, LOOPBACK, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { gateByServerName } from "../../scripts/cloud/server-name-gate.ts";
import { issue, type Issued, type IssueRequest } from "../certificates/issue.ts";

export const HOST = "local.example";
export const ADDRESS = "192.0.2.7";

/** "works", or the code of the error. */
export type End = string;

/** A server, and how stock firmware and this project must end there on a board with mbedTLS 2.16. */
export interface Case {
  name: string;
  start(): Promise<LoopbackServer>;
  stock: End;
  project: End;
  /** On a board with mbedTLS 2.28, where that is another. */
  latest?: End;
  /** Default: HOST. */
  host?: string;
  path?: string;
  /** The server wants a client certificate; it is one of `pki`. */
  withClientCertificate?: boolean;
  /** Where the server is silent: that wait is cut short. */
  isSlow?: "handshake" | "answer";
  /** Another case is much like it: this one is played in the long run alone. */
  isLong?: boolean;
  /** TLS is that of another case: stock firmware is not asked again. */
  isAboutHttp?: boolean;
  /** What only later generations of mbedTLS refuse, or a chip. */
  isNotForEveryInterpreter?: boolean;
}

export interface Pki {
  /** Of most of them. */
  root: Issued;
  /** Whom we trust. */
  roots: Issued[];
  /** Those, and all that could be embedded. */
  authorities: Issued[];
  client: Issued;
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const SUITE = (ciphers: string): TlsOptions => ({ ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion: "TLSv1.2", dhparam: "auto" });
const CURVE = (ecdhCurve: string): TlsOptions => ({ ciphers: "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0", maxVersion: "TLSv1.2", ecdhCurve });

type Answer = (request: string) => { bytes: string; end?: "close" | "cut" | "stay" };

/** Makes them all: the certificates once, the servers when they are started. */
export async function makeCases(): Promise<{ cases: Case[]; pki: Pki }> {
  const root = await issue({ name: "RSA root", key: "rsa-2048" });
  const middle = await issue({ name: "RSA middle", key: "rsa-2048-b", issuer: root });
  const stale = await issue({ name: "RSA middle", key: "rsa-2048-b", issuer: root, days: [-100, -10] });
  const ecRoot = await issue({ name: "EC root", key: "p-384" });
  const ecMiddle = await issue({ name: "EC middle", key: "p-256", issuer: ecRoot });
  const bigRoot = await issue({ name: "Big root", key: "rsa-4096" });
  const client = await issue({ name: "board", key: "rsa-2048-b", issuer: root, isAuthority: false, signsOnly: false });
  const leafOf = (issuer: Issued | undefined, more: Partial<IssueRequest> = {}): Promise<Issued> =>
    issue({ name: HOST, key: "rsa-2048-c", issuer, hosts: [HOST], ...more });
  const plain = [await leafOf(root)];
  const ecLeaf = [await leafOf(ecMiddle, { key: "p-256-c" }), ecMiddle];
  const works = { stock: "works", project: "works" } as const;
  const refused = { stock: "E_SNI", project: "E_TLS_ALERT" } as const;
  const of = (name: string, sent: Issued[], options: TlsOptions, ends: Pick<Case, "stock" | "project"> & Partial<Case>): Case =>
    ({ name, start: () => serve(sent, options), ...ends });
  const http = (name: string, answer: Answer, project: End, more: Partial<Case> = {}): Case =>
    ({ name, start: () => serve(plain, {}, answer), stock: "works", project, isAboutHttp: true, ...more });
  const untrusted = { stock: "works", project: "E_UNKNOWN_CA" } as const;
  const links = [ecRoot];
  for (let i = 1; i <= 11; i++) links.push(await issue({ name: `Link ${i}`, key: i % 2 ? "p-256" : "p-256-b", issuer: links.at(-1)! }));
  const longChain = async (length: number): Promise<Issued[]> =>
    [await leafOf(links[length]!, { key: "p-256-c" }), ...links.slice(1, length + 1).reverse()];
  const demanding = (): Promise<LoopbackServer> => startLingering(tlsServer(plain, mutual(root, true), () => ({ bytes: OK })));
  const other = await issue({ name: "other.example", key: "rsa-2048-c", issuer: root, hosts: ["other.example"] });
  const cases: Case[] = [
    of("TLS 1.0 only", plain, { ...SUITE("DEFAULT"), minVersion: "TLSv1", maxVersion: "TLSv1" }, { stock: "works", project: "E_TLS_VERSION", isLong: true }),
    of("TLS 1.1 only", plain, { ...SUITE("DEFAULT"), minVersion: "TLSv1.1", maxVersion: "TLSv1.1" }, { stock: "works", project: "E_TLS_VERSION" }),
    of("TLS 1.2 only", plain, { minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, { ...works, isLong: true }),
    of("TLS 1.3 only", plain, { minVersion: "TLSv1.3" }, refused),
    of("RSA key exchange only", plain, SUITE("AES128-GCM-SHA256"), works),
    of("CBC with SHA-1 only", plain, SUITE("AES256-SHA"), { ...works, isLong: true }),
    of("DHE only", plain, SUITE("DHE-RSA-AES128-GCM-SHA256"), works),
    of("ECDHE-RSA only", plain, SUITE("ECDHE-RSA-AES256-GCM-SHA384"), works),
    of("ECDHE-ECDSA only", ecLeaf, SUITE("ECDHE-ECDSA-AES128-GCM-SHA256"), { ...works, isLong: true }),
    of("CCM only", ecLeaf, SUITE("ECDHE-ECDSA-AES128-CCM"), works),
    of("ChaCha20 only", plain, SUITE("ECDHE-RSA-CHACHA20-POLY1305"), refused),
    of("Camellia only", plain, SUITE("CAMELLIA256-SHA"), { ...refused, isLong: true }),
    of("P-256 only", plain, CURVE("prime256v1"), works),
    of("P-384 only", plain, CURVE("secp384r1"), { ...works, isLong: true }),
    of("P-521 only", plain, CURVE("secp521r1"), { ...works, isLong: true }),
    of("X25519 only", plain, CURVE("X25519"), { ...refused, latest: "works" }),
    of("X448 only", plain, CURVE("X448"), refused),
    of("RSA-PSS signatures only", plain, { ...CURVE("prime256v1"), sigalgs: "rsa_pss_rsae_sha256" }, refused),
    of("SHA-1 signatures only", plain, { ...CURVE("prime256v1"), sigalgs: "RSA+SHA1" }, { ...refused, isLong: true }),
    { name: "the right name or an alert", start: () => serveByName(plain), stock: "E_SNI", project: "works" },
    of("another certificate for other names", [other], byName(plain), works),
    { name: "a client certificate demanded", start: demanding, stock: "E_SNI", project: "E_TLS_ALERT" },
    { name: "a client certificate demanded, and given", start: demanding, stock: "E_SNI", project: "works", withClientCertificate: true },
    of("a client certificate wanted, but not needed", plain, mutual(root, false), works),
    of("expired", [await leafOf(root, { days: [-9, -1] })], {}, { stock: "works", project: "E_CERT_EXPIRED" }),
    of("of tomorrow", [await leafOf(root, { days: [1, 9] })], {}, { stock: "works", project: "E_CERT_NOT_YET_VALID", isLong: true }),
    of("self-signed", [await leafOf(undefined)], {}, untrusted),
    of("for another host", [other], {}, { stock: "works", project: "E_WRONG_HOST", isLong: true }),
    of("a common name alone", [await leafOf(root, { hosts: [], isAuthority: false, signsOnly: false })], {}, { stock: "works", project: "E_CERT_NO_NAMES" }),
    of("an expired intermediate", [await leafOf(stale), stale], {}, works),
    of("a missing intermediate", [await leafOf(middle)], {}, untrusted),
    of("an RSA chain", [await leafOf(middle), middle], {}, { ...works, isLong: true }),
    of("an EC certificate under an RSA root", [await leafOf(root, { key: "p-256-c" })], {}, { ...works, isLong: true }),
    of("an RSA-4096 root", [await leafOf(bigRoot)], {}, works),
    of("an RSA-3072 certificate", [await leafOf(root, { key: "rsa-3072" })], {}, { ...works, isLong: true }),
    of("an RSA-1024 certificate", [await leafOf(root, { key: "rsa-1024" })], { ciphers: "DEFAULT@SECLEVEL=0", maxVersion: "TLSv1.2" },
      { stock: "works", project: "E_CERT_REFUSED", isNotForEveryInterpreter: true }),
    of("an EC chain", ecLeaf, {}, works),
    of("8 intermediates", await longChain(8), {}, works),
    of("11 intermediates, none of them near a root", await longChain(11), {}, { ...works, isLong: true }),
    of("an IP host that the certificate names", [await leafOf(root, { hosts: [ADDRESS] })], {}, { ...works, host: ADDRESS }),
    of("an IP host that it does not name", plain, {}, { stock: "works", project: "E_WRONG_HOST", host: ADDRESS }),
    { name: "plain HTTP", start: () => listenOnLoopback(net.createServer((socket) => void socket.once("data", () => socket.end("HTTP/1.1 400 Bad\r\n\r\n")))), stock: "E_HANDSHAKE", project: "E_HANDSHAKE" },
    { name: "closed at once", start: () => listenOnLoopback(net.createServer((socket) => void socket.once("data", () => socket.end()))), stock: "E_HANDSHAKE", project: "E_HANDSHAKE" },
    { name: "silent from the start", start: () => listenOnLoopback(net.createServer(() => undefined)), stock: "E_TIMEOUT_HANDSHAKE", project: "E_TIMEOUT_HANDSHAKE", isSlow: "handshake" },
    http("a length", () => ({ bytes: OK }), "works"),
    http("a length, and no close", () => ({ bytes: OK, end: "stay" }), "works"),
    http("chunks to HTTP/1.0", () => ({ bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" }), "works"),
    http("until the close", () => ({ bytes: "HTTP/1.0 200 OK\r\n\r\nok" }), "works"),
    http("until a close without close_notify", () => ({ bytes: "HTTP/1.0 200 OK\r\n\r\nok", end: "cut" }), "E_TRUNCATED"),
    http("cut off", () => ({ bytes: "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok" }), "E_TRUNCATED", { isLong: true }),
    http("gzip that nobody asked for", () => ({ bytes: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b" }), "works"),
    http("a redirect", () => ({ bytes: "HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n" }), "works"),
    http("no answer", () => ({ bytes: "", end: "stay" }), "E_TIMEOUT_FIRST_BYTE", { isSlow: "answer" }),
    http("half an answer", () => ({ bytes: OK.slice(0, 30), end: "stay" }), "E_TIMEOUT_IDLE", { isSlow: "answer", isLong: true }),
    http("closed without an answer", () => ({ bytes: "" }), "E_NO_RESPONSE"),
    http("no HTTP at all", () => ({ bytes: "SSH-2.0-OpenSSH\r\n" }), "E_STATUS_LINE", { isLong: true }),
    http("two lengths", () => ({ bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok" }), "E_CONTENT_LENGTH", { isLong: true }),
    http("a broken chunk", () => ({ bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n" }), "E_CHUNK"),
    http("an answer to HTTP/1.1 only", (request) => ({ bytes: /HTTP\/1\.1\r\n/.test(request) ? OK : "" }), "E_NO_RESPONSE"),
  ];
  const roots = [root, ecRoot, bigRoot];
  return { cases, pki: { root, roots, authorities: [...roots, middle, ecMiddle, ...links], client } };
}

/** A server with a certificate, for one request a connection. */
export function serve(sent: Issued[], options: TlsOptions = {}, answer: Answer = () => ({ bytes: OK })): Promise<LoopbackServer> {
  return listenOnLoopback(tlsServer(sent, options, answer));
}

/** One that ends the handshake with an alert unless it is asked for HOST. */
export async function serveByName(sent: Issued[]): Promise<LoopbackServer> {
  return await listenOnLoopback(gateByServerName(tlsServer(sent, {}, () => ({ bytes: OK })), HOST, () => undefined));
}

/**
 * Node's server hangs up as soon as it has sent an alert, while the board is still writing: that resets the connection, and the alert is lost.
 * Behind this one it arrives, as it does from servers that close in an orderly way.
 */
async function startLingering(server: net.Server): Promise<LoopbackServer> {
  const inner = await listenOnLoopback(server);
  const outer = await listenOnLoopback(net.createServer((client) => {
    const upstream = net.connect(inner.port, LOOPBACK).on("error", () => client.end());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  }));
  return { ...outer, stop: async () => void (await Promise.all([outer.stop(), inner.stop()])) };
}

function tlsServer(sent: Issued[], options: TlsOptions, answer: Answer): tls.Server {
  const server = tls.createServer({ ciphers: "DEFAULT@SECLEVEL=0", ...certificate(sent), ...options }, (socket) => {
    socket.on("error", () => socket.destroy()).once("data", (bytes) => {
      const { bytes: reply, end = "close" } = answer(bytes.toString("latin1"));
      socket.write(reply, "latin1", () => {
        if (end === "close") socket.end();
        // The connection below ends without an alert.
        else if (end === "cut") (socket as unknown as { _parent: net.Socket })._parent.destroy();
      });
    });
  });
  return server.on("tlsClientError", () => undefined);
}

function certificate(sent: Issued[]): { cert: string; key: string } {
  return { cert: sent.map(({ pem }) => pem).join(""), key: sent[0]!.keyPem };
}

function byName(right: Issued[]): TlsOptions {
  const context = tls.createSecureContext(certificate(right));
  return { SNICallback: (name, done) => done(null, name === HOST ? context : undefined) };
}

function mutual(authority: Issued, rejectUnauthorized: boolean): TlsOptions {
  return { ca: authority.pem, requestCert: true, rejectUnauthorized, maxVersion: "TLSv1.2" };
}
