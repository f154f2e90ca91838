import type { Certificate } from "../certificates/certificate.ts";
import type { Choice } from "../certificates/choose-anchor.ts";
import type { Board } from "./boards.ts";

/** What a handshake will take of the board's heap, in bytes: a rule of thumb, no promise. */
export interface MemoryCost {
  neededBytes: number;
  freeBytes: number;
  /** The Certificate message, as sent. */
  chainBytes: number;
  basis: string;
  /** What would make it less: one sentence each. */
  savings: string[];
}

/** Of the one certificate that the figures in boards.ts were measured with. */
const MEASURED_CHAIN_BYTES = 900;
/** mbedtls_x509_crt with its key and names (2.28). */
const CERTIFICATE_STRUCTURE_BYTES = 600;
/** Checking a signature by an RSA key takes some numbers of the key's length. */
const NUMBERS_PER_RSA_CHECK = 16;
const MEASURED_RSA_BITS = 2_048;
/** Below this part of what is free, nothing need be said. */
const TIGHT = 0.9;

/**
 * Estimates the heap for one verified connection: what was measured with one RSA-2048 certificate, and what this chain has beyond that. The
 * message itself is in the receive buffer, but each certificate is kept once more, taken apart.
 * @param anchor what is embedded
 * @param chainBytes of the Certificate message
 * @param isMutual the board shows a certificate too
 */
export function memoryCost(choice: Choice, anchor: Certificate | undefined, chainBytes: number, board: Board, isMutual: boolean): MemoryCost {
  const { heap } = board;
  const used = [...choice.sent, ...(anchor ? [anchor] : [])];
  const largestRsaBits = Math.max(MEASURED_RSA_BITS, ...used.map(({ key }) => key.bits ?? 0));
  const chain = Math.max(0, chainBytes - MEASURED_CHAIN_BYTES) + (choice.sent.length - 1) * CERTIFICATE_STRUCTURE_BYTES;
  const rsa = ((largestRsaBits - MEASURED_RSA_BITS) / 8) * NUMBERS_PER_RSA_CHECK;
  const neededBytes = roundUp((isMutual ? heap.mutual : heap.verified) + chain + rsa);
  return {
    neededBytes, freeBytes: heap.free, chainBytes, basis: heap.basis,
    savings: neededBytes > heap.free * TIGHT ? savings(choice, anchor, board, isMutual) : [],
  };
}

function savings({ sent, candidates }: Choice, anchor: Certificate | undefined, { heap }: Board, isMutual: boolean): string[] {
  const lighter = candidates.find(({ certificate, objection }) => !objection && anchor && isLighter(certificate, anchor));
  const extra = sent.filter((each) => each.isSelfIssued && each.isAuthority);
  return [
    ...(heap.hasBluetooth ? ["Turn Bluetooth off: ESP32.enableBLE(false), then reset."] : []),
    "Make one TLS request at a time (the client does), and close other sockets.",
    ...(lighter ? [`Embed ${lighter.certificate.name} (${lighter.certificate.key.text}) in place of ${anchor!.name} (${anchor!.key.text}).`] : []),
    ...extra.map(({ name, der }) => `The server sends the root "${name}" too (${der.length} bytes), which nobody needs: ask for a chain without it.`),
    ...(isMutual ? ["An EC key (P-256) for the board takes less than an RSA key."] : []),
  ];
}

function isLighter(one: Certificate, other: Certificate): boolean {
  return other.key.kind === "rsa" && (one.key.kind === "ec" || (one.key.bits ?? 0) < other.key.bits!);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 500) * 500;
}
