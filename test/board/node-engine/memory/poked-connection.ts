// Programs that connect and then write into the TLS state at the offsets of a known layout, as the device module does at offsets
// that it has found.
import type { TlsLayout } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";

const LENGTH = 4;
const POINTER = 8;
const STOCK_BLOCK_BYTES = 18;

/** What to write between tls.connect and the handshake. */
export interface Pokes {
  /** 0 none, 1 optional, 2 required. */
  mode?: number;
  minMinorVersion?: number;
  /** Written into the stock block; at most 17 characters. */
  name?: string;
  /** Written over the start of the CA's raw buffer, which then changes owners with the stock block. */
  longName?: string;
  /** No name at all: the stock block goes to the empty own certificate. */
  noName?: boolean;
  /** XORed with fresh bytes of the random register. */
  reseed?: boolean;
  /** Any other code; `a` is the structure's address. */
  code?: string;
}

/** A statement that defines `a` and writes. `s` is the socket. */
export function pokeCode(layout: TlsLayout, pokes: Pokes): string {
  return [
    "var a=E.getAddressOf(ssl[s.sckt-1],true)",
    ...modeCode(layout, pokes),
    ...nameCode(layout, pokes),
    ...seedCode(layout, pokes),
    pokes.code ?? "",
  ].join(";");
}

/** Where the word lies that points to the host name, from the structure's start. */
export function hostNameWord({ context }: TlsLayout): number {
  return context.offset + context.hostName;
}

function modeCode({ configuration }: TlsLayout, { mode, minMinorVersion }: Pokes): string[] {
  const flags = `a+${configuration.offset + configuration.verification.offset}`;
  const lines = mode === undefined ? [] : [`poke8(${flags},peek8(${flags})|${mode << configuration.verification.shift})`];
  if (minMinorVersion !== undefined) lines.push(`poke8(a+${configuration.offset + configuration.versions + 3},${minMinorVersion})`);
  return lines;
}

function nameCode(layout: TlsLayout, { name, longName, noName }: Pokes): string[] {
  const { certificate, caCertificate, ownCertificate } = layout;
  const word = `a+${hostNameWord(layout)}`;
  if (name !== undefined) return [`poke8(peek32(${word}),${JSON.stringify(`${name}\0`)})`];
  if (longName !== undefined) {
    const raw = `a+${caCertificate + certificate.raw}`;
    return [
      `var n=peek32(${word}),c=peek32(${raw}+${POINTER})`,
      `poke8(c,${JSON.stringify(`${longName}\0`)})`,
      `poke32(${word},c)`,
      `poke32(${raw}+${LENGTH},[${STOCK_BLOCK_BYTES},n])`,
    ];
  }
  if (!noName) return [];
  const own = `a+${ownCertificate + certificate.raw}`;
  const flag = certificate.ownBuffer === undefined ? "" : `poke32(a+${ownCertificate + certificate.ownBuffer},1)`;
  return [flag, `poke32(${own}+${LENGTH},[${STOCK_BLOCK_BYTES},peek32(${word})])`, `poke32(${word},0)`];
}

function seedCode({ generator, chip }: TlsLayout, { reseed }: Pokes): string[] {
  if (!reseed) return [];
  const { aes } = generator;
  const [start, words] = aes.kind === "software" ? [aes.roundKeys, 60] : [aes.key + 2, 7];
  const fresh = `peek32(${chip.randomRegister})`;
  const xor = (at: number, count: number): string =>
    `for(var i=0;i<${count};i++)poke32(a+${generator.offset + at}+4*i,peek32(a+${generator.offset + at}+4*i)^${fresh})`;
  return [xor(0, 4), xor(start, words)];
}
