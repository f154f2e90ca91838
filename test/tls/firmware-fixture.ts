// Heaps of real 32-bit interpreters that hold one open TLS socket (test/fixtures/firmware-tls).
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Generation = "2.1.1" | "2.16.12" | "2.28.8";
export type Stage = "before" | "after";

export const GENERATIONS: Generation[] = ["2.1.1", "2.16.12", "2.28.8"];

/** Where the firmware's TLS state lies, as an address and a number of bytes. */
export interface Area {
  address: number;
  length: number;
}

export interface FirmwareHeap {
  /** For test names. */
  name: string;
  heapStart: number;
  state: Area;
  /** Addresses of the host name's text. */
  hostnameAddresses: number[];
  /** Address of the server's certificate, as DER. */
  peerCertificateAddresses: number[];
  bytes: Buffer;
}

/** Reads a heap from its file: taken before or after the handshake of its one connection. Each call gives bytes of its own. */
export function readFirmwareHeap(generation: Generation, stage: Stage): FirmwareHeap {
  const file = new URL(`../fixtures/firmware-tls/mbedtls-${generation}.${stage}-handshake.json`, import.meta.url);
  const { heapStart, sslData, hostnameAddresses, peerCertificateAddresses, heap } = JSON.parse(readFileSync(file, "utf8"));
  const bytes = gunzipSync(Buffer.from(heap, "base64"));
  return { name: `${generation} ${stage} the handshake`, heapStart, state: sslData, hostnameAddresses, peerCertificateAddresses, bytes };
}

/** A word of the TLS state, by its offset. */
export function stateWord(heap: FirmwareHeap, offset: number): number {
  return heap.bytes.readUInt32LE(heap.state.address - heap.heapStart + offset);
}

/** Writes a word of the TLS state. */
export function setStateWord(heap: FirmwareHeap, offset: number, value: number): void {
  heap.bytes.writeUInt32LE(value, heap.state.address - heap.heapStart + offset);
}
