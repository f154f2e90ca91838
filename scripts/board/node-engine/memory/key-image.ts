import type { KeyObject } from "node:crypto";
import type { BoardMemory } from "./board-memory.ts";
import { Structure } from "./structure.ts";

/** mbedtls_pk_context: a pointer to the key type's description in flash, and one to the key's own block. */
const CONTEXT = 4;

const LIMB_BYTES = 4;
/** mbedtls_mpi: sign, number of limbs, pointer to them. */
const MPI = { sign: 0, limbs: 4, pointer: 8 };

/** How the block of one type of key is built. */
interface KeyType {
  /** Where its description lies, from the start of the constants in flash. */
  description: number;
  bytes: number;
  /** Offset of each big number, by its name in a JWK. */
  numbers: Record<string, number>;
}

/** mbedtls_rsa_context and mbedtls_ecp_keypair. */
const KEY_TYPES: Record<string, KeyType> = {
  rsa: { description: 0x40, bytes: 172, numbers: { n: 8, e: 20, d: 32, p: 44, q: 56, dp: 68, dq: 80, qi: 92 } },
  ec: { description: 0x80, bytes: 172, numbers: { d: 124, x: 136, y: 148 } },
};

/** Where an RSA key says how many bytes its modulus has. */
const RSA_LENGTH = 4;

/** Writes a parsed key to `at`. A type that mbedTLS does not know leaves it empty. @throws OutOfHeap */
export function writeKey(at: Structure, key: KeyObject, owner: string, group: number): void {
  const type = KEY_TYPES[key.asymmetricKeyType ?? ""];
  if (type === undefined) return;
  const { memory } = at;
  at.setWord(0, descriptionAddress(memory, type));
  const block = new Structure(memory, memory.heap.allocate(type.bytes, owner, group));
  at.setWord(CONTEXT, block.address);
  const numbers = key.export({ format: "jwk" }) as Record<string, string | undefined>;
  for (const [name, offset] of Object.entries(type.numbers)) {
    if (numbers[name] !== undefined) writeNumber(block.part(offset), numbers[name], `${name} of ${owner}`, group);
  }
  if (numbers.n !== undefined) block.setWord(RSA_LENGTH, Buffer.from(numbers.n, "base64url").length);
}

/** mbedtls_pk_free. */
export function freeKey(at: Structure, owner: string): void {
  const { memory } = at;
  const type = Object.values(KEY_TYPES).find((each) => descriptionAddress(memory, each) === at.word(0));
  const address = at.word(CONTEXT);
  if (type === undefined || address === 0) return;
  const block = new Structure(memory, address);
  for (const [name, offset] of Object.entries(type.numbers)) freeNumber(block.part(offset), `${name} of ${owner}`);
  memory.heap.zeroize(address, type.bytes, owner);
  memory.heap.free(address, owner);
  at.clear(2 * CONTEXT);
}

function writeNumber(at: Structure, base64: string, owner: string, group: number): void {
  const bytes = Buffer.from(base64, "base64url").reverse();
  const limbs = Math.ceil(bytes.length / LIMB_BYTES);
  const address = at.memory.heap.allocate(limbs * LIMB_BYTES, owner, group);
  at.memory.ram.write(address, bytes);
  at.setWord(MPI.sign, 1);
  at.setWord(MPI.limbs, limbs);
  at.setWord(MPI.pointer, address);
}

function freeNumber(at: Structure, owner: string): void {
  const address = at.word(MPI.pointer);
  if (address === 0) return;
  at.memory.heap.zeroize(address, at.word(MPI.limbs) * LIMB_BYTES, owner);
  at.memory.heap.free(address, owner);
}

function descriptionAddress(memory: BoardMemory, type: KeyType): number {
  return memory.layout.chip.constants + type.description;
}
