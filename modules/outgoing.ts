// What a request still has to send, given out in pieces that the firmware sends well: it copies its whole buffer for each
// 536 bytes, so that one large write takes quadratic time.
import { makeError } from "./errors";
import { WRITE_PIECE_BYTES } from "./limits";
import { toBytes } from "./text";

/** Gives the next piece of a body, undefined after the last one. */
export type BodySource = () => string | undefined;

/** @internal */
export interface Outgoing {
  bytes: string;
  at: number;
  source: BodySource | undefined;
  isChunked: boolean;
  /** Bytes that the source owes by its Content-Length. */
  owed: number;
  /** The source has been asked. */
  isUsed?: boolean;
}

/**
 * Starts with the bytes of the head (and a body that is a string); `source` gives the rest, `owed` bytes in all, or in
 * chunks of any number (RFC 9112 7.1) when `owed` is undefined.
 */
export function createOutgoing(bytes: string, source: BodySource | undefined, owed: number | string | undefined): Outgoing {
  return { bytes, at: 0, source, isChunked: owed === undefined, owed: parseInt("" + owed, 10) };
}

// Negative: too many.
function refuseLength(missing: number): void {
  throw makeError("E_BODY_LENGTH", "request", missing + " bytes missing");
}

function endOfSource(outgoing: Outgoing): string {
  outgoing.source = undefined;
  if (outgoing.isChunked) return "0\r\n\r\n";
  if (outgoing.owed > 0) refuseLength(outgoing.owed);
  return "";
}

function fromSource(outgoing: Outgoing): string {
  const piece = outgoing.source!();
  if (piece === undefined) return endOfSource(outgoing);
  const bytes = toBytes(piece);
  if (outgoing.isChunked) return bytes === "" ? "" : bytes.length.toString(16) + "\r\n" + bytes + "\r\n";
  outgoing.owed -= bytes.length;
  if (outgoing.owed === 0) outgoing.owed -= (outgoing.source!() || "").length;
  if (outgoing.owed < 0) refuseLength(outgoing.owed);
  return bytes;
}

/** Starts again from the first byte; false when the bytes come from a function that has given some of them away. */
export function rewind(outgoing: Outgoing): boolean {
  outgoing.at = 0;
  return !outgoing.isUsed;
}

/** Whether all has been given out. */
export function isSent(outgoing: Outgoing): boolean {
  return outgoing.at >= outgoing.bytes.length && !outgoing.source;
}

/** The next bytes to write, at most WRITE_PIECE_BYTES; undefined when all is sent. Raises E_BODY_LENGTH (negative: too many). */
export function nextPiece(outgoing: Outgoing): string | undefined {
  while (outgoing.at >= outgoing.bytes.length && outgoing.source) {
    outgoing.isUsed = true;
    outgoing.bytes = fromSource(outgoing);
    outgoing.at = 0;
  }
  if (isSent(outgoing)) return undefined;
  const piece = outgoing.bytes.substr(outgoing.at, WRITE_PIECE_BYTES);
  outgoing.at += piece.length;
  return piece;
}
