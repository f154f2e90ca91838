import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket, type SecureContext } from "node:tls";
import type { IssuedCertificate } from "../cloud/certificate-authority.ts";
import { peekClientHello } from "../cloud/peek-client-hello.ts";
import { serverTls } from "../cloud/server-tls.ts";

/** One TLS connection, as the server saw it. */
export interface Meeting {
  /** SNI; undefined when none was sent. */
  serverName: string | undefined;
  /** Of the ClientHello, 32 bytes. */
  random: Buffer;
  /** Application bytes that came, decrypted. */
  requestBytes: number;
}

export interface RecordingServer {
  port: number;
  /** In the order of the connections; a connection without a ClientHello is none. */
  meetings: Meeting[];
  /** Closes every connection and the server. */
  stop(): Promise<void>;
}

const END_OF_HEAD = "\r\n\r\n";
const ANSWER = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/**
 * Starts a TLS server that answers every GET request with 200, and records who came with what.
 * @param address of this computer; a free port of it is used
 * @throws the system's error when it cannot listen there
 */
export async function startRecordingServer(issued: IssuedCertificate, address: string): Promise<RecordingServer> {
  const meetings: Meeting[] = [];
  const context = createSecureContext(serverTls(issued));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Boards reset connections; without a listener that would end this process.
    socket.on("error", () => socket.destroy());
    void meet(socket, context, meetings);
  });
  await listen(server, address);
  return { port: (server.address() as AddressInfo).port, meetings, stop: () => stop(server, sockets) };
}

async function meet(socket: Socket, secureContext: SecureContext, meetings: Meeting[]): Promise<void> {
  const hello = await peekClientHello(socket);
  if (!hello) {
    socket.destroy();
    return;
  }
  const meeting = { serverName: hello.serverName, random: hello.random, requestBytes: 0 };
  meetings.push(meeting);
  const secured = new TLSSocket(socket, { isServer: true, secureContext });
  // A client that refuses the certificate ends the handshake with an alert.
  secured.on("error", () => socket.destroy());
  receive(secured, meeting);
}

function receive(secured: TLSSocket, meeting: Meeting): void {
  let text = "";
  secured.on("data", (bytes: Buffer) => {
    meeting.requestBytes += bytes.length;
    const wasWhole = text.includes(END_OF_HEAD);
    text += bytes.toString("latin1");
    if (!wasWhole && text.includes(END_OF_HEAD)) secured.end(ANSWER);
  });
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, resolve);
  });
}

function stop(server: Server, sockets: Set<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
