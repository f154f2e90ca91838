// Plays what a case says: one server, on loopback, that fails its clients in one way.
import net, { type Socket } from "node:net";
import { Duplex } from "node:stream";
import tls, { TLSSocket, type TlsOptions } from "node:tls";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { DRIP_INTERVAL_MS, type Flood, type Handshake, type Play, type Then } from "./play.ts";

/** The content type of a record that says that the next ones are encrypted: the server's Finished comes right after it. */
const CHANGE_CIPHER_SPEC = 20;
/** Long enough for a client on the same computer to have read what came before: data and reset together may count as a reset alone. */
const RESET_DELAY_MS = 30;
/** How much of a flood is written at a time. */
const FLOOD_BYTES = 64 * 1024;
const END_OF_HEAD = "\r\n\r\n";

/** Starts a server that plays; with `options` it speaks TLS. */
export function startHostileServer(play: Play, options?: TlsOptions): Promise<LoopbackServer> {
  return listenOnLoopback(net.createServer((raw) => serve(raw, play, options)));
}

function serve(raw: Socket, play: Play, options: TlsOptions | undefined): void {
  const act = once(() => answer(play, application, raw));
  const application = options && play.handshake !== "none" ? secure(raw, play, options) : raw;
  // Not destroyed: an alert that is on its way would be lost.
  application.on("error", () => raw.end());
  if (play.starts === "at once") act();
  let received = "";
  application.on("data", (bytes: Buffer) => {
    // A request with a body may be long; its head is not.
    if (received.length < FLOOD_BYTES) received += bytes.toString("latin1");
    if (play.handshake === "none" || received.includes(END_OF_HEAD)) act();
  });
}

function secure(raw: Socket, play: Play, options: TlsOptions): TLSSocket {
  const { handshake = "whole", then = "waits" } = play;
  const secureContext = tls.createSecureContext(options);
  // Node cannot ask for another handshake on anything but its own socket, and below that nothing of our own can be written.
  const wire = then === "asks for another handshake" ? raw : new Wire(raw, handshake, () => proceed(then, raw, raw));
  return new TLSSocket(wire, { isServer: true, secureContext, requestCert: options.requestCert, rejectUnauthorized: options.rejectUnauthorized });
}

/** Also a cut-off handshake ends like that, where `then` was done already. */
function answer({ answer: bytes, then = "waits", handshake }: Play, application: Socket, raw: Socket): void {
  if (typeof handshake === "object" && "cutAfter" in handshake) return;
  if (bytes === undefined) return proceed(then, application, raw);
  application.write(bytes, "latin1", () => proceed(then, application, raw));
}

function proceed(then: Then, application: Socket, raw: Socket): void {
  if (typeof then === "object") return "raw" in then ? void raw.write(then.raw, "latin1") : flood(then, application);
  const acts: Record<typeof then, () => void> = {
    waits: () => undefined,
    drips: () => drip(application, raw),
    closes: () => application.end(),
    "closes without notify": () => raw.end(),
    resets: () => resetLater(raw),
    "asks for another handshake": () => void (application as TLSSocket).renegotiate({}, () => undefined),
  };
  acts[then]();
}

function flood({ endless }: Flood, application: Socket): void {
  const piece = Buffer.from(endless.repeat(Math.ceil(FLOOD_BYTES / endless.length)), "latin1");
  const more = (): void => {
    while (!application.destroyed && application.write(piece));
  };
  application.on("drain", more);
  more();
}

function drip(application: Socket, raw: Socket): void {
  const timer = setInterval(() => application.write("0"), DRIP_INTERVAL_MS).unref();
  raw.on("close", () => clearInterval(timer));
}

function resetLater(raw: Socket): void {
  const timer = setTimeout(() => raw.resetAndDestroy(), RESET_DELAY_MS).unref();
  raw.on("close", () => clearTimeout(timer));
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) {
      isDone = true;
      act();
    }
  };
}

/** The way from TLS to the client: whole, cut off somewhere, or in small pieces. */
class Wire extends Duplex {
  readonly #raw: Socket;
  readonly #handshake: Handshake;
  readonly #onCut: () => void;
  #sentBytes = 0;
  #isCut = false;

  constructor(raw: Socket, handshake: Handshake, onCut: () => void) {
    super();
    this.#raw = raw;
    this.#handshake = handshake;
    this.#onCut = onCut;
    raw.on("data", (bytes) => this.push(bytes));
    raw.on("end", () => this.push(null));
    raw.on("close", () => this.destroy());
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const handshake = this.#handshake;
    if (this.#isCut || this.#raw.destroyed) done();
    else if (typeof handshake === "string") this.#raw.write(bytes, done);
    else if ("cutAfter" in handshake) this.#sendUpTo(placeOfCut(bytes, handshake.cutAfter, this.#sentBytes), bytes, done);
    else this.#sendInPieces(bytes, handshake.pieceBytes, handshake.everyMs, done);
  }

  override _final(done: () => void): void {
    if (!this.#isCut) this.#raw.end();
    done();
  }

  #sendUpTo(count: number, bytes: Buffer, done: (error?: Error | null) => void): void {
    this.#sentBytes += bytes.length;
    this.#isCut = count < bytes.length;
    this.#raw.write(bytes.subarray(0, count), (error) => {
      if (this.#isCut) this.#onCut();
      done(error);
    });
  }

  #sendInPieces(bytes: Buffer, pieceBytes: number, everyMs: number, done: (error?: Error | null) => void): void {
    if (bytes.length === 0 || this.#raw.destroyed) return done();
    this.#raw.write(bytes.subarray(0, pieceBytes));
    setTimeout(() => this.#sendInPieces(bytes.subarray(pieceBytes), pieceBytes, everyMs, done), everyMs).unref();
  }
}

/** How many of these bytes are still sent. Records do not reach from one write into the next. */
function placeOfCut(bytes: Buffer, cutAfter: number | "ChangeCipherSpec", sentBytes: number): number {
  if (cutAfter !== "ChangeCipherSpec") return Math.max(0, Math.min(bytes.length, cutAfter - sentBytes));
  let at = 0;
  while (at < bytes.length && bytes[at] !== CHANGE_CIPHER_SPEC) at += 5 + bytes.readUInt16BE(at + 3);
  return Math.min(at, bytes.length);
}
