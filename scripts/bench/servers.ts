// The servers that every subject meets: bytes made beforehand, so that a subject waits for itself and not for them.
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { createAuthority, issueCertificate } from "../cloud/certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "../cloud/loopback.ts";
import { bodyOf, type Framing, type Job } from "./jobs.ts";

/** The name on the certificate. */
export const HOST = "bench.example";

/** Bytes of TCP payload, TLS records included. */
export interface WireBytes {
  sent: number;
  received: number;
}

export interface BenchServers {
  ports: { plain: number; tls: number };
  /** The authority's certificate, DER. */
  ca: Buffer;
  /** What went over all connections since the last call, and how many there were. */
  takeWire(): WireBytes & { connections: number };
  stop(): Promise<void>;
}

const END_OF_HEAD = "\r\n\r\n";

/** Starts both servers. They answer `/NAME` with the answer of the job of that name, and close. */
export async function startServers(jobs: Job[]): Promise<BenchServers> {
  const answers = new Map(jobs.map((job) => [`/${job.name}`, answerOf(job)]));
  const authority = await createAuthority();
  const { chainPem, keyPem } = await issueCertificate(authority, { names: [HOST] });
  const plain = createServer((socket) => serve(socket, answers));
  const tls = createTlsServer({ cert: chainPem, key: keyPem, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, (socket) => serve(socket, answers));
  const wire = [plain, tls].map(countWire);
  const [plainServer, tlsServer] = await Promise.all([plain, tls].map((server) => listenOnLoopback(server))) as [LoopbackServer, LoopbackServer];
  return {
    ports: { plain: plainServer.port, tls: tlsServer.port },
    ca: authority.der,
    takeWire: () => add(wire.map((take) => take())),
    stop: async () => void (await Promise.all([plainServer.stop(), tlsServer.stop()])),
  };
}

function serve(socket: Socket, answers: Map<string, Buffer>): void {
  let request = "";
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    request += bytes.toString("latin1");
    if (!isWhole(request)) return;
    socket.end(answers.get(request.split(" ")[1]!) ?? "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    request = "";
  });
}

function isWhole(request: string): boolean {
  const head = request.indexOf(END_OF_HEAD);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(request)?.[1] ?? 0);
  return head >= 0 && request.length >= head + END_OF_HEAD.length + length;
}

function answerOf(job: Job): Buffer {
  const body = bodyOf(job);
  const type = job.body === "json" ? "application/json" : "text/plain";
  const head = ["HTTP/1.1 200 OK", `Content-Type: ${type}`, ...framingHeader(job.framing, body.length), "Connection: close"].join("\r\n");
  return Buffer.from(head + END_OF_HEAD + framed(job.framing, body), "latin1");
}

function framingHeader(framing: Framing, bytes: number): string[] {
  if (framing.by === "close") return [];
  return [framing.by === "length" ? `Content-Length: ${bytes}` : "Transfer-Encoding: chunked"];
}

function framed(framing: Framing, body: string): string {
  if (framing.by !== "chunks") return body;
  const chunks = [];
  for (let at = 0; at < body.length; at += framing.chunkBytes) chunks.push(body.slice(at, at + framing.chunkBytes));
  return [...chunks, ""].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("");
}

function countWire(server: Server): () => WireBytes & { connections: number } {
  let sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => sockets.push(socket));
  return () => {
    const wire = add(sockets.map((socket) => ({ sent: socket.bytesRead, received: socket.bytesWritten, connections: 1 })));
    sockets = [];
    return wire;
  };
}

// As the board sees it: what it sent, what it received.
function add(all: (WireBytes & { connections: number })[]): WireBytes & { connections: number } {
  return all.reduce((sum, each) => ({ sent: sum.sent + each.sent, received: sum.received + each.received, connections: sum.connections + each.connections }),
    { sent: 0, received: 0, connections: 0 });
}
