import { BUFFER, NAME, SEQUENCE } from "./certificate-image.ts";
import { freeKey } from "./key-image.ts";
import { Structure } from "./structure.ts";

/**
 * mbedtls_x509_crt_free: gives back all that the certificate at `at` and those after it point to, and clears them. The
 * first one's structure is not a block of its own.
 */
export function freeCertificates(at: Structure, owner: string): void {
  const chain = chainOf(at);
  for (const certificate of chain) freeContents(certificate, owner);
  for (const certificate of chain) {
    certificate.clear(at.memory.layout.certificate.bytes);
    if (certificate !== at) at.memory.heap.free(certificate.address, `next of ${owner}`);
  }
}

function chainOf(at: Structure): Structure[] {
  const { memory } = at;
  const chain = [at];
  for (let next = nextOf(at); next !== 0; next = nextOf(chain.at(-1)!)) chain.push(new Structure(memory, next));
  return chain;
}

function nextOf(certificate: Structure): number {
  return certificate.word(certificate.memory.layout.certificate.next);
}

function freeContents(at: Structure, owner: string): void {
  const layout = at.memory.layout.certificate;
  freeKey(at.part(layout.key), `public key of ${owner}`);
  freeList(at, layout.issuer + NAME.next, NAME, `issuer of ${owner}`);
  freeList(at, layout.subject + NAME.next, NAME, `subject of ${owner}`);
  freeList(at, layout.extendedKeyUsage + SEQUENCE.next, SEQUENCE, `key usage of ${owner}`);
  freeList(at, layout.alternativeNames + SEQUENCE.next, SEQUENCE, `names of ${owner}`);
  if (layout.policies !== undefined) freeList(at, layout.policies + SEQUENCE.next, SEQUENCE, `policies of ${owner}`);
  freeRaw(at, `raw pointer of ${owner}`);
}

/** Clears as many bytes as the certificate is said to have: too many would hit what lies behind. */
function freeRaw(at: Structure, owner: string): void {
  const { raw, ownBuffer } = at.memory.layout.certificate;
  const address = at.word(raw + BUFFER.pointer);
  if (address === 0 || (ownBuffer !== undefined && at.word(ownBuffer) === 0)) return;
  at.memory.heap.zeroize(address, at.word(raw + BUFFER.length), owner);
  at.memory.heap.free(address, owner);
}

function freeList(at: Structure, pointer: number, node: { next: number; bytes: number }, owner: string): void {
  let address = at.word(pointer);
  while (address !== 0) {
    const next = at.memory.ram.word(address + node.next);
    at.memory.heap.zeroize(address, node.bytes, owner);
    at.memory.heap.free(address, owner);
    address = next;
  }
}
