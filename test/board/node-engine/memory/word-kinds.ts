// Compares words of two address spaces by what they mean, because addresses differ from run to run.

/** What a word is looked up in. */
export interface AddressSpace {
  /** Address and length of the TLS structure. */
  state: { address: number; length: number };
  /** Whether an address is in the heap. */
  isHeap(address: number): boolean;
  /** Raw bytes of certificates: where they start, and how long they are. */
  rawBuffers: { address: number; length: number }[];
}

const SMALLEST_ADDRESS = 0x01000000;
/** Where the fixtures' position-independent program lay, which is neither in its heap nor a likely value. */
const PROGRAM = { start: 0x56000000, end: 0x58000000 };
/** Where code and constants of the chips lie. */
const FLASH = [
  { start: 0x3f400000, end: 0x3f800000 },
  { start: 0x40000000, end: 0x40400000 },
  { start: 0x3c000000, end: 0x3c800000 },
  { start: 0x42000000, end: 0x42800000 },
];

/** In words: a number, a place in the structure, a place in a certificate, the heap, or the program. */
export function kindOf(word: number, space: AddressSpace): string {
  const inState = word - space.state.address;
  if (inState >= 0 && inState < space.state.length) return `state + ${inState}`;
  const index = space.rawBuffers.findIndex(({ address, length }) => word >= address && word < address + length);
  if (index >= 0) return `certificate ${index} + ${word - space.rawBuffers[index]!.address}`;
  if (space.isHeap(word)) return "heap";
  const isProgram = [PROGRAM, ...FLASH].some(({ start, end }) => word >= start && word < end);
  if (isProgram && word > SMALLEST_ADDRESS) return "program";
  return `0x${word.toString(16)}`;
}
