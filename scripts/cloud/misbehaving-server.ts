import net, { type Socket } from "node:net";
import { Duplex } from "node:stream";
import tls, { TLSSocket } from "node:tls";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { listenOnLoopback, type LoopbackServer } from "./loopback.ts";
import { MISBEHAVIOURS, type Misbehaviour, type MisbehaviourName } from "./misbehaviours.ts";
import { serverTls } from "./server-tls.ts";

export interface MisbehavingServerOptions {
  /** Server certificate; without one the server speaks plain HTTP. */
  issued?: IssuedCertificate;
  /** Between two bytes of what drips, in ms; default a second. */
  dripIntervalMs?: number;
}

export interface MisbehavingServer extends LoopbackServer {
  /** What each client sent so far, oldest first: decrypted, or as it came where nobody does the handshake. */
  readonly received: Buffer[];
}

/** Into the certificate: a ServerHello has about 90 bytes, an RSA certificate no less than 800. */
const PARTIAL_HANDSHAKE_BYTES = 400;
const DRIP_INTERVAL_MS = 1_000;
/** Long enough for a client on the same computer to have read what came before. */
const RESET_DELAY_MS = 50;

/**
 * Starts a server that fails its clients in one way, for tests of deadlines and of ends that are no ends.
 *
 * @param how a name from {@link MISBEHAVIOURS}, or your own
 * @throws TypeError for a partial handshake on a plain server
 */
export async function startMisbehavingServer(
  how: MisbehaviourName | Misbehaviour,
  options: MisbehavingServerOptions = {},
): Promise<MisbehavingServer> {
  const behaviour = typeof how === "string" ? MISBEHAVIOURS[how] : how;
  if (behaviour.handshake === "partial" && !options.issued) {
    throw new TypeError("Cannot stop in the handshake of a plain server: it needs `issued`");
  }
  const received: Buffer[] = [];
  const server = net.createServer((socket) => {
    const index = received.push(Buffer.alloc(0)) - 1;
    const application = secure(socket, behaviour, options);
    application.on("error", () => socket.destroy());
    application.on("data", (chunk: Buffer) => {
      const before = received[index]!;
      received[index] = Buffer.concat([before, chunk]);
      if (!before.includes("\r\n\r\n") && received[index].includes("\r\n\r\n")) answer(application, socket);
    });
  });

  function answer(application: Socket, raw: Socket): void {
    if (behaviour.handshake !== "whole") return;
    application.write(behaviour.answer, "latin1", () => end(behaviour, application, raw, options));
  }

  return Object.assign(await listenOnLoopback(server), { received });
}

/** Gives the stream the application's bytes come from. */
function secure(raw: Socket, behaviour: Misbehaviour, options: MisbehavingServerOptions): Socket {
  if (!options.issued || behaviour.handshake === "none") return raw;
  const secureContext = tls.createSecureContext(serverTls(options.issued));
  if (behaviour.handshake === "whole") return new TLSSocket(raw, { isServer: true, secureContext });
  const cut = cutOff(raw, () => end(behaviour, raw, raw, options));
  return new TLSSocket(cut, { isServer: true, secureContext });
}

/** A stream over `raw` that drops all it is given to write after the first PARTIAL_HANDSHAKE_BYTES. */
function cutOff(raw: Socket, onCut: () => void): Duplex {
  let left = PARTIAL_HANDSHAKE_BYTES;
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      const sent = chunk.subarray(0, left);
      left -= sent.length;
      const isLast = sent.length > 0 && left === 0;
      if (sent.length > 0) raw.write(sent, () => isLast && onCut());
      done();
    },
  });
  raw.on("data", (chunk) => stream.push(chunk));
  raw.on("close", () => stream.destroy());
  return stream;
}

function end(behaviour: Misbehaviour, application: Socket, raw: Socket, options: MisbehavingServerOptions): void {
  const ends: Record<Misbehaviour["then"], () => void> = {
    waits: () => undefined,
    drips: () => drip(application, raw, options.dripIntervalMs ?? DRIP_INTERVAL_MS),
    closes: () => application.end(),
    // Closing the TCP socket below TLS sends FIN without an alert.
    "closes without notify": () => raw.destroy(),
    resets: () => resetLater(raw),
  };
  ends[behaviour.then]();
}

/** Not at once: a client that finds data and reset together may take the reset for an end. */
function resetLater(raw: Socket): void {
  const timer = setTimeout(() => raw.resetAndDestroy(), RESET_DELAY_MS).unref();
  raw.on("close", () => clearTimeout(timer));
}

function drip(application: Socket, raw: Socket, intervalMs: number): void {
  const timer = setInterval(() => application.write("."), intervalMs).unref();
  raw.on("close", () => clearInterval(timer));
}
