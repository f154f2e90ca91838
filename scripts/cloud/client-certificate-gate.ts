import net, { type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { endAndDrain } from "./end-and-drain.ts";
import { ALERT, refuseWithAlert } from "./tls-alert.ts";

const HANDSHAKE_RECORD = 22;
const RECORD_HEADER_BYTES = 5;
const CERTIFICATE_MESSAGE = 11;
const MESSAGE_HEADER_BYTES = 4;
/** Two lengths of three bytes: of the list, and of the first certificate in it. */
const LIST_HEADER_BYTES = 6;

/**
 * A listener before a TLS 1.2 server that reads which certificate a client shows, which passes in the clear there, and
 * answers one that is not acceptable with the alert certificate_unknown. Node's TLS server could only finish the
 * handshake and hang up. That the client has the key, and that it shows a certificate at all, is left to the server.
 */
export function gateByClientCertificate(server: Server, accepts: (der: Buffer) => boolean): Server {
  return net.createServer((socket) => server.emit("connection", passThrough(socket, accepts)));
}

function passThrough(raw: Socket, accepts: (der: Buffer) => boolean): Duplex {
  const stream = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => void raw.write(bytes, () => done()),
    final: (done) => void raw.end(done),
    destroy(error, done) {
      if (!raw.destroyed) endAndDrain(raw);
      done(error);
    },
  });
  let seen: Buffer | undefined = Buffer.alloc(0);
  raw.on("data", (bytes: Buffer) => {
    if (seen) {
      seen = Buffer.concat([seen, bytes]);
      const shown = findCertificate(seen);
      if (shown !== "not yet") seen = undefined;
      if (Buffer.isBuffer(shown) && !accepts(shown)) return refuse(raw, stream);
    }
    if (!stream.destroyed) stream.push(bytes);
  });
  raw.on("end", () => !stream.destroyed && stream.push(null));
  raw.on("close", () => stream.destroy());
  return stream.on("error", () => undefined);
}

function refuse(raw: Socket, stream: Duplex): void {
  raw.removeAllListeners("data");
  refuseWithAlert(raw, ALERT.certificateUnknown);
  stream.destroy();
}

/** The first certificate in a client's half of a handshake; "none" if it is over, or no handshake at all. */
function findCertificate(bytes: Buffer): Buffer | "none" | "not yet" {
  const { messages, isOver } = collectMessages(bytes);
  let at = 0;
  while (messages.length - at >= MESSAGE_HEADER_BYTES) {
    const end = at + MESSAGE_HEADER_BYTES + messages.readUIntBE(at + 1, 3);
    if (end > messages.length) break;
    if (messages[at] === CERTIFICATE_MESSAGE) return firstOf(messages.subarray(at + MESSAGE_HEADER_BYTES, end));
    at = end;
  }
  return isOver ? "none" : "not yet";
}

function firstOf(list: Buffer): Buffer | "none" {
  if (list.length <= LIST_HEADER_BYTES) return "none";
  return list.subarray(LIST_HEADER_BYTES, LIST_HEADER_BYTES + list.readUIntBE(3, 3));
}

/** Joins what the handshake records hold that have arrived whole (RFC 5246 6.2.1). */
function collectMessages(bytes: Buffer): { messages: Buffer; isOver: boolean } {
  const fragments: Buffer[] = [];
  let at = 0;
  let isOver = false;
  while (!isOver && bytes.length - at >= RECORD_HEADER_BYTES) {
    const end = at + RECORD_HEADER_BYTES + bytes.readUInt16BE(at + 3);
    isOver = bytes[at] !== HANDSHAKE_RECORD;
    if (isOver || end > bytes.length) break;
    fragments.push(bytes.subarray(at + RECORD_HEADER_BYTES, end));
    at = end;
  }
  return { messages: Buffer.concat(fragments), isOver };
}
