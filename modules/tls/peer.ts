// The certificate that the server sent, in the memory of an open connection.
import { refuseLayout } from "../errors";
import type { Layout } from "./layout";
import { isInRam } from "./memory";
import type { Ranges } from "./memory";

// The session is the third word after the I/O context; its pointer to the certificate was 92, 96 and 100 bytes in. What stands before is
// the master secret: none of its words may be taken for an address.
const SESSION_AFTER_BIO = 3;
const SESSION_WORDS = 40;
const FIRST_CANDIDATE = 23;
// A certificate structure begins, from 2.28 on after one word more, {tag, length, pointer} of its raw buffer.
const STRUCTURE_BYTES = 16;
// Larger ones do not fit a TLS record of an ESP32.
const MAX_CERTIFICATE_BYTES = 16384;

// A sequence (X.690) whose length, in two bytes, is what follows.
function isDer(address: number, length: number): boolean {
  return E.memoryArea(address, 4) === "\x30\x82" + String.fromCharCode((length - 4) >> 8, (length - 4) & 255);
}

// The DER that a certificate structure at this address points to; "" when there is no such structure.
function derAt(ram: Ranges, address: number): string {
  if (address % 4 !== 0 || !isInRam(ram, address, STRUCTURE_BYTES)) return "";
  for (let skip = 0; skip < 8; skip += 4) {
    const length = peek32(address + skip + 4);
    const raw = peek32(address + skip + 8);
    if (length > 4 && length <= MAX_CERTIFICATE_BYTES && isInRam(ram, raw, length) && isDer(raw, length)) return E.memoryArea(raw, length);
  }
  return "";
}

/**
 * The DER of the server's certificate after the handshake, a window on memory that is gone with the connection. Raises
 * E_TLS_LAYOUT when it cannot be found.
 */
export function peerCertificate(words: Uint32Array, layout: Layout, ram: Ranges): string {
  const session = words[layout.bio + SESSION_AFTER_BIO]!;
  if (isInRam(ram, session, SESSION_WORDS * 4)) {
    for (let i = FIRST_CANDIDATE; i < SESSION_WORDS; i++) {
      const der = derAt(ram, peek32(session + 4 * i));
      if (der !== "") return der;
    }
  }
  return refuseLayout("peer certificate");
}
