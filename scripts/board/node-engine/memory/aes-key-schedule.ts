const WORD_BYTES = 4;
const KEY_WORDS = 8;
/** AES-256 uses 60 of them; mbedTLS works them out eight at a time. */
const ROUND_KEY_WORDS = 64;
const FIELD_POLYNOMIAL = 0x11b;

const SUBSTITUTION = substitutionBox();

/** The round keys of an AES-256 key (FIPS 197, 5.2), 256 bytes as mbedTLS leaves them. */
export function expandKey(key: Uint8Array): Uint8Array {
  const words: number[][] = [];
  let constant = 1;
  for (let i = 0; i < ROUND_KEY_WORDS; i++) {
    if (i < KEY_WORDS) {
      words.push([...key.subarray(i * WORD_BYTES, (i + 1) * WORD_BYTES)]);
      continue;
    }
    let word = [...words[i - 1]!];
    if (i % KEY_WORDS === 0) {
      const [first, ...rest] = substitute([...word.slice(1), word[0]!]);
      word = [first! ^ constant, ...rest];
      constant = double(constant);
    } else if (i % KEY_WORDS === 4) word = substitute(word);
    words.push(word.map((byte, at) => byte ^ words[i - KEY_WORDS]![at]!));
  }
  return Uint8Array.from(words.flat());
}

function substitute(word: number[]): number[] {
  return word.map((byte) => SUBSTITUTION[byte]!);
}

function double(value: number): number {
  const doubled = value << 1;
  return doubled & 0x100 ? doubled ^ FIELD_POLYNOMIAL : doubled;
}

/** The S-box (5.1.1): inverses in the field, found along the powers of 3, then the affine map. */
function substitutionBox(): Uint8Array {
  const box = new Uint8Array(256);
  let power = 1;
  let inverse = 1;
  do {
    power ^= double(power);
    inverse = divideByThree(inverse);
    box[power] = affine(inverse);
  } while (power !== 1);
  box[0] = 0x63;
  return box;
}

function divideByThree(value: number): number {
  let result = value ^ (value << 1);
  result ^= result << 2;
  result ^= result << 4;
  result &= 0xff;
  return result & 0x80 ? result ^ 0x09 : result;
}

function affine(value: number): number {
  const rotate = (by: number) => ((value << by) | (value >> (8 - by))) & 0xff;
  return value ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63;
}
