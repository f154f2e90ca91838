// A fake RAM that holds what a fixture's interpreter held: the same CA, the same random numbers.
import { Random } from "../../../../scripts/board/node-engine/library/random.ts";
import { BoardMemory } from "../../../../scripts/board/node-engine/memory/board-memory.ts";
import type { HeapFault } from "../../../../scripts/board/node-engine/memory/heap.ts";
import { tlsLayout } from "../../../../scripts/board/node-engine/memory/layouts.ts";
import type { TlsLayout, TlsLayoutName } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { Structure } from "../../../../scripts/board/node-engine/memory/structure.ts";
import { TlsImage, type TlsMaterial } from "../../../../scripts/board/node-engine/memory/tls-image.ts";
import { type FirmwareHeap, stateWord } from "../../../tls/firmware-fixture.ts";

/** Length and pointer of a certificate's raw bytes come after the tag. */
const LENGTH = 4;
const POINTER = 8;

export interface TestImage {
  image: TlsImage;
  memory: BoardMemory;
  layout: TlsLayout;
  faults: HeapFault[];
}

/** A TLS socket just opened, in a RAM of its own. */
export function createImage(name: TlsLayoutName, material: Partial<TlsMaterial>, socket = 3): TestImage {
  const layout = tlsLayout(name);
  const memory = new BoardMemory(layout);
  const faults: HeapFault[] = [];
  memory.onFault = (fault) => faults.push(fault);
  const image = new TlsImage(memory, socket, new ArrayBuffer(layout.bytes));
  const random = new Random();
  image.setUp({ ca: undefined, certificate: undefined, key: undefined, ...material }, () => random.next());
  return { image, memory, layout, faults };
}

/** Bytes that a fixture's heap holds at an address. */
export function fixtureBytes(fixture: FirmwareHeap, address: number, length: number): Uint8Array {
  const offset = address - fixture.heapStart;
  return Uint8Array.from(fixture.bytes.subarray(offset, offset + length));
}

export function fixtureWord(fixture: FirmwareHeap, address: number): number {
  return fixture.bytes.readUInt32LE(address - fixture.heapStart);
}

/** The CA that was given to the fixture's interpreter. */
export function fixtureCa(fixture: FirmwareHeap, layout: TlsLayout): Uint8Array {
  const raw = layout.caCertificate + layout.certificate.raw;
  return fixtureBytes(fixture, stateWord(fixture, raw + POINTER), stateWord(fixture, raw + LENGTH));
}

/** The chain that a certificate structure begins, as DER and as addresses. */
export function fixtureChain(fixture: FirmwareHeap, first: number, layout: TlsLayout): { address: number; der: Uint8Array }[] {
  const chain: { address: number; der: Uint8Array }[] = [];
  for (let address = first; address !== 0; address = fixtureWord(fixture, address + layout.certificate.next)) {
    const raw = address + layout.certificate.raw;
    const der = fixtureBytes(fixture, fixtureWord(fixture, raw + POINTER), fixtureWord(fixture, raw + LENGTH));
    chain.push({ address, der });
  }
  return chain;
}

/** A structure of the fake RAM. */
export function structureAt(memory: BoardMemory, address: number): Structure {
  return new Structure(memory, address);
}
