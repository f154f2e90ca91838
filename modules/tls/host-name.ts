// Puts the host's real name where mbedTLS takes it from for SNI and for the check of the certificate. The firmware puts the
// same text there for every host (2v29).
//
// A name that fits goes into the firmware's own block of 18 bytes. A longer one needs a block that the TLS library will free
// exactly once: the raw buffer of a certificate, whose first bytes nothing reads any more. The two blocks change owners.
import { makeError, refuseLayout } from "../errors";
import type { Layout } from "./layout";
import { isInRam } from "./memory";
import type { Ranges } from "./memory";

const STOCK_NAME = "mbed TLS Server 1\0";
// How far before the configuration the word stands, at most: 2 and 10 words were seen.
const NAME_REACH = 24;
// From the pointer of the raw buffer to that of the subject in it, in mbedtls_x509_crt (the same in 2.1 to 2.28).
const SUBJECT_AFTER_RAW = 16;
const ISSUER_AFTER_RAW = 13;
const DER_SEQUENCE = 0x30;

/** Where a name goes: nothing has been written yet. @internal */
export interface NamePlace {
  /** Index of the word that points to the host name. */
  word: number;
  /** Index of the pointer of the raw buffer that is swapped; 0 for a name that fits in place. */
  raw: number;
}

// Searched backwards from the end of the TLS context.
function findNameWord(words: Uint32Array, end: number, ram: Ranges): number {
  for (let i = end - 1; i > end - NAME_REACH; i--) {
    const address = words[i]!;
    if (isInRam(ram, address, STOCK_NAME.length) && E.memoryArea(address, STOCK_NAME.length) === STOCK_NAME) return i;
  }
  return refuseLayout("host name");
}

// A sequence of DER at this address, as long as that, header included.
function isSequence(address: number, length: number): boolean {
  const first = peek8(address + 1);
  const size = first === 0x82 ? peek8(address + 2) * 256 + peek8(address + 3) + 4 : first + 2;
  return peek8(address) === DER_SEQUENCE && size === length;
}

// How many bytes of a certificate's raw buffer stand before its subject, which verification reads: issuer and validity come before it.
function roomBeforeSubject(words: Uint32Array, raw: number, ram: Ranges): number {
  const start = words[raw]!;
  const length = words[raw - 1]!;
  const issuerEnd = words[raw + ISSUER_AFTER_RAW]! + words[raw + ISSUER_AFTER_RAW - 1]!;
  const room = words[raw + SUBJECT_AFTER_RAW]! - start;
  if (!isInRam(ram, start, length) || !(issuerEnd > start && issuerEnd - start < room && room < length)) return 0;
  return isSequence(start, length) && isSequence(issuerEnd, start + room - issuerEnd) ? room : 0;
}

/**
 * Finds where a name can go. `isSpareCert`: the own certificate was given without a key, so that it is never sent and its
 * buffer is free. Raises E_TLS_LAYOUT, and E_TLS_NAME for a name that fits nowhere.
 */
export function placeName(words: Uint32Array, layout: Layout, ram: Ranges, name: string, isSpareCert: boolean): NamePlace {
  const word = findNameWord(words, layout.config, ram);
  const ca = layout.ca + 2;
  const own = layout.own + 2;
  if (name !== "" && name.length < STOCK_NAME.length) return { word, raw: 0 };
  if (name === "" && words[own] === 0) return { word, raw: own };
  if (name !== "" && isSpareCert && name.length < roomBeforeSubject(words, own, ram)) return { word, raw: own };
  if (name !== "" && name.length < roomBeforeSubject(words, ca, ram)) return { word, raw: ca };
  throw makeError("E_TLS_NAME", "handshake", name);
}

/**
 * Writes the name; "" means none (an IP host: no SNI, and no name for mbedTLS to check). The words from the certificate's buffer to the
 * name go out in one native call, which nothing interrupts: in between a block would have two owners, or none.
 */
export function writeName(words: Uint32Array, layout: Layout, place: NamePlace, name: string): void {
  const stockBlock = words[place.word]!;
  const block = words[place.raw]!;
  if (place.raw === 0) {
    poke8(stockBlock, name + "\0");
    return;
  }
  const first = place.raw - 3;
  const part = new Uint32Array(new Uint32Array(words.buffer, 4 * first, place.word + 1 - first));
  if (name !== "") poke8(block, name + "\0");
  else if (layout.hasOwnerFlag) part[0] = 1;
  part[2] = STOCK_NAME.length;
  part[3] = stockBlock;
  part[place.word - first] = name === "" ? 0 : block;
  words.set(part, first);
}
