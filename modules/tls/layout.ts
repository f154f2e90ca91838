// Finds its way in the firmware's TLS state, a C structure (SSLSocketData) whose offsets differ from build to build: by the
// words in it that point into itself, and by what mbedTLS 2.1 to 2.28 puts around them. All positions are indexes of 32-bit words.
//
//   socket number | connecting | generator (rounds, key) | own key | own certificate | CA certificate | TLS context | configuration
import { refuseLayout } from "../errors";

/** Indexes of 32-bit words in the structure. @internal */
export interface Layout {
  /** TLS context: pointer to the configuration, then the handshake's state. */
  context: number;
  /** TLS context: I/O context, points to the start of the structure. */
  bio: number;
  config: number;
  /** The version bytes max 3.3, min 3.x. */
  versionWord: number;
  /** The word with the verification mode, and how far to shift it. */
  flags: number;
  modeShift: number;
  /** CA and own certificate: tag, length and pointer of the raw buffer. */
  ca: number;
  own: number;
  /** mbedTLS from 2.28 marks its own buffers in the word before. */
  hasOwnerFlag: boolean;
  /** Software AES keeps round keys behind a pointer, Espressif's hardware AES the key itself. */
  isSoftwareAes: boolean;
}

// How far the configuration pointer stands before the I/O context, and the CA chain behind the generator in the configuration,
// at most: 11 and 18 words were seen; other options add a few.
const CONTEXT_REACH = 20;
const CONFIG_REACH = 30;
// The generator: counter at word 2, then these from word 8 on (entropy length, reseed interval), AES from word 10 on.
const ENTROPY_LENGTH = 0x30;
const RESEED_INTERVAL = 0x2710;
const ROUNDS = 14;
const KEY_BYTES = 0x20;
const ROUND_KEYS_OFFSET = 48;
// 03 03 03 0x: TLS 1.2 at most, and 1.x at least.
const VERSION_BYTES = 0x030303;
// From the start of the configuration to its pointer to the generator, where it does not start with the version.
const RNG_IN_CONFIG = 7;
// Before the own certificate: the generator's entropy function and its argument (none), then the own key, two words.
const ENTROPY_FUNCTION = -4;
// In a certificate: raw buffer {tag, length, pointer}, then what is signed in it, which begins behind the DER header.
const SIGNED_AFTER_RAW = 3;
const DER_HEADER = 4;
// The end of the round keys: with software AES the own certificate can only come behind it.
const ROUND_KEYS_END = 72;

// The only place of a value that must be there once.
function onlyIndexOf(words: Uint32Array, value: number): number {
  const index = words.indexOf(value);
  if (index < 0 || words.indexOf(value, index + 1) >= 0) refuseLayout("pointer");
  return index;
}

// The word of the structure that the next self-pointing word from `from` in direction `step` points to.
function findPointer(words: Uint32Array, base: number, from: number, step: number, reach: number): number {
  for (let i = from; i !== from + step * reach; i += step) {
    const target = words[i]! - base;
    if (target > 0 && target < words.length * 4 && target % 4 === 0) return i;
  }
  return refuseLayout("pointer");
}

function checkGenerator(words: Uint32Array, base: number, own: number): boolean {
  const isSoftwareAes = own > ROUND_KEYS_END && words[10] === ROUNDS && words[11] === base + ROUND_KEYS_OFFSET;
  const isHardwareAes = own < ROUND_KEYS_END && (words[10]! & 0xff) === KEY_BYTES;
  if (words[8] !== ENTROPY_LENGTH || words[9] !== RESEED_INTERVAL || !(isSoftwareAes || isHardwareAes)) refuseLayout("generator");
  return isSoftwareAes;
}

function holdsVersion(word: number | undefined): boolean {
  return word !== undefined && (word & 0xffffff) === VERSION_BYTES && word >>> 24 <= 3;
}

// Up to 2.27 the version is in the last words of the configuration with the flags behind it, from 2.28 in its first. The flags must
// say client, stream, verification none: what the firmware sets.
function findVersion(words: Uint32Array, layout: Layout): void {
  const config = layout.config;
  let version = config;
  if (!holdsVersion(words[config])) {
    version = words.length - 1;
    while (version > words.length - 4 && !holdsVersion(words[version])) version--;
  }
  const flags = words[version + 1];
  layout.versionWord = version;
  layout.flags = version + 1;
  layout.modeShift = version === config ? 16 : 2;
  if (!holdsVersion(words[version]) || flags === undefined || (flags & (version === config ? 0xffffff : 0xf)) !== 0) refuseLayout("configuration");
}

// Whether own and CA certificate are where they were worked out to be; the CA may be missing.
function checkCertificates(words: Uint32Array, own: number, ca: number): void {
  const raw = words[ca + 2]!;
  const start = raw === 0 ? 0 : raw + DER_HEADER;
  if (words[own + ENTROPY_FUNCTION] === 0 || words[own + ENTROPY_FUNCTION + 1] !== 0 || words[ca + 2 + SIGNED_AFTER_RAW] !== start) refuseLayout("certificates");
}

/**
 * Recognises the structure of a socket whose handshake has not begun. Writes nothing and reads only the structure itself.
 * @param words the structure
 * @param base its address
 * @param socketNumber what its first word must be
 * Raises E_TLS_LAYOUT, naming the part that is not as it should be.
 */
export function findLayout(words: Uint32Array, base: number, socketNumber: number): Layout {
  if (words[0] !== socketNumber || words[1] !== 1) refuseLayout("socket");
  const bio = onlyIndexOf(words, base);
  const rng = onlyIndexOf(words, base + 8);
  const context = findPointer(words, base, bio - 1, -1, CONTEXT_REACH);
  const chain = findPointer(words, base, rng + 1, 1, CONFIG_REACH);
  const config = (words[context]! - base) / 4;
  const caStart = (words[chain]! - base) / 4;
  const ownStart = caStart - (context - caStart);
  if (config < bio || config > rng || caStart > context || ownStart < 12 || words[context + 1] !== 0) refuseLayout("order");
  const flag = holdsVersion(words[config]) ? 1 : 0;
  if (flag === 0 && config !== rng - RNG_IN_CONFIG) refuseLayout("configuration");
  checkCertificates(words, ownStart, caStart + flag);
  const layout: Layout = {
    context,
    bio,
    config,
    versionWord: 0,
    flags: 0,
    modeShift: 0,
    ca: caStart + flag,
    own: ownStart + flag,
    hasOwnerFlag: flag === 1,
    isSoftwareAes: checkGenerator(words, base, ownStart),
  };
  findVersion(words, layout);
  return layout;
}
