// Where the parts of the TLS state really are, in bytes: from the mbedTLS headers and the fixtures. The device code has to find them
// by itself.
import type { FirmwareHeap, Generation } from "./firmware-fixture.ts";
import { readFirmwareHeap } from "./firmware-fixture.ts";
import { hardwareAesHeap } from "./hardware-aes-heap.ts";

export interface KnownOffsets {
  context: number;
  io: number;
  hostName: number;
  configuration: number;
  generator: number;
  chain: number;
  version: number;
  /** The byte with the verification mode, its bits, and what mode 1 is in them. */
  mode: number;
  modeMask: number;
  modeUnit: number;
  /** Length of the raw buffer in CA and own certificate; the pointer follows. */
  caRaw: number;
  ownRaw: number;
  /** From 2.28 on. */
  ownBufferFlag: number | undefined;
  /** Bytes from and to which the generator's key material stands. */
  keys: [number, number];
}

export interface KnownHeap {
  heap: FirmwareHeap;
  at: KnownOffsets;
}

const KEYS: [number, number] = [48, 288];

const OFFSETS: Record<Generation, KnownOffsets> = {
  "2.1.1": {
    context: 960, io: 988, hostName: 1132, configuration: 1140, generator: 1168, chain: 1200, version: 1248,
    mode: 1252, modeMask: 0xc, modeUnit: 4, caRaw: 652, ownRaw: 340, ownBufferFlag: undefined, keys: KEYS,
  },
  "2.16.12": {
    context: 960, io: 996, hostName: 1152, configuration: 1192, generator: 1220, chain: 1288, version: 1368,
    mode: 1372, modeMask: 0xc, modeUnit: 4, caRaw: 652, ownRaw: 340, ownBufferFlag: undefined, keys: KEYS,
  },
  "2.28.8": {
    context: 1024, io: 1068, hostName: 1224, configuration: 1264, generator: 1332, chain: 1404, version: 1264,
    mode: 1270, modeMask: 0xff, modeUnit: 1, caRaw: 688, ownRaw: 344, ownBufferFlag: 336, keys: KEYS,
  },
};

const HARDWARE_AES: KnownOffsets = {
  context: 780, io: 824, hostName: 980, configuration: 1020, generator: 1088, chain: 1160, version: 1020,
  mode: 1026, modeMask: 0xff, modeUnit: 1, caRaw: 444, ownRaw: 100, ownBufferFlag: 92, keys: [42, 72],
};

/** One heap of a generation before the handshake, with its offsets. */
export function knownHeap(generation: Generation): KnownHeap {
  return { heap: readFirmwareHeap(generation, "before"), at: OFFSETS[generation] };
}

/** The same, as the firmware leaves it when it is given no CA. */
export function withoutCa({ heap, at }: KnownHeap): KnownHeap {
  const bytes = Buffer.from(heap.bytes);
  const state = heap.state.address - heap.heapStart;
  const from = at.ownBufferFlag === undefined ? at.caRaw - 4 : at.caRaw - 8;
  bytes.fill(0, state + from, state + at.context);
  return { heap: { ...heap, name: `${heap.name}, without CA`, bytes }, at };
}

/** The same, as it is with an own certificate: the CA's structure once more. */
export function withOwnCertificate({ heap, at }: KnownHeap): KnownHeap {
  const bytes = Buffer.from(heap.bytes);
  const state = heap.state.address - heap.heapStart;
  bytes.copy(bytes, state + at.ownRaw - 4, state + at.caRaw - 4, state + at.context);
  return { heap: { ...heap, name: `${heap.name}, with an own certificate`, bytes }, at };
}

/** Every layout before the handshake. */
export function knownHeaps(): KnownHeap[] {
  const generations = (Object.keys(OFFSETS) as Generation[]).map(knownHeap);
  return [...generations, { heap: hardwareAesHeap(41), at: HARDWARE_AES }, { heap: hardwareAesHeap(42), at: HARDWARE_AES }];
}
