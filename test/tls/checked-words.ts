// The words of the TLS state that the recogniser checks: changing one byte of one of them must make it refuse.
import { hasHardwareAes } from "./hardware-aes-heap.ts";
import type { KnownHeap } from "./known-offsets.ts";

export interface CheckedWord {
  name: string;
  /** Bytes from the start of the state. */
  offset: number;
  /** Which of its four bytes count. */
  bytes: number[];
  /** Values of a byte that are as good as the one that is there. */
  isHarmless?(byte: number, value: number): boolean;
}

const ALL = [0, 1, 2, 3];

/** Checked for every host. */
export function alwaysChecked({ heap, at }: KnownHeap): CheckedWord[] {
  return [
    { name: "socket number", offset: 0, bytes: ALL },
    { name: "connecting", offset: 4, bytes: ALL },
    { name: "generator: entropy length", offset: 32, bytes: ALL },
    { name: "generator: reseed interval", offset: 36, bytes: ALL },
    ...(hasHardwareAes(heap) ? HARDWARE_AES : SOFTWARE_AES),
    { name: "TLS context: pointer to the configuration", offset: at.context, bytes: ALL },
    { name: "TLS context: handshake state", offset: at.context + 4, bytes: ALL },
    { name: "TLS context: I/O context", offset: at.io, bytes: ALL },
    { name: "TLS context: host name", offset: at.hostName, bytes: ALL },
    { name: "configuration: generator", offset: at.generator, bytes: ALL },
    { name: "configuration: CA chain", offset: at.chain, bytes: ALL },
    // Any lowest version up to 3.3 can be there.
    { name: "configuration: versions", offset: at.version, bytes: ALL, isHarmless: (byte, value) => byte === 3 && value <= 3 },
    flagsOf({ heap, at }),
  ];
}

const SOFTWARE_AES: CheckedWord[] = [
  { name: "generator: AES rounds", offset: 40, bytes: ALL },
  { name: "generator: pointer to the round keys", offset: 44, bytes: ALL },
];

// The other three bytes may be the key's first.
const HARDWARE_AES: CheckedWord[] = [{ name: "generator: AES key length", offset: 40, bytes: [0] }];

// From 2.28 on: endpoint, transport, verification mode, one byte each. Before: bits 0, 1, and 2 and 3.
function flagsOf({ at }: KnownHeap): CheckedWord {
  const offset = at.version + 4;
  if (at.ownBufferFlag !== undefined) return { name: "configuration: endpoint, transport, mode", offset, bytes: [0, 1, 2] };
  return { name: "configuration: flags", offset, bytes: [0], isHarmless: (_byte, value) => (value & 0xf) === 0 };
}

/** Checked as well for a name that goes into the CA's raw buffer. */
export function checkedForLongNames({ at }: KnownHeap): CheckedWord[] {
  return [
    { name: "CA: length of the raw buffer", offset: at.caRaw, bytes: ALL },
    { name: "CA: raw buffer", offset: at.caRaw + 4, bytes: ALL },
    { name: "CA: issuer's length", offset: at.caRaw + 52, bytes: ALL },
    { name: "CA: issuer", offset: at.caRaw + 56, bytes: ALL },
    { name: "CA: subject", offset: at.caRaw + 68, bytes: ALL },
  ];
}

/** Checked as well for an IP host, whose name block goes to the empty own certificate. */
export function checkedForAddresses({ at }: KnownHeap): CheckedWord[] {
  return [{ name: "own certificate: raw buffer", offset: at.ownRaw + 4, bytes: ALL }];
}
