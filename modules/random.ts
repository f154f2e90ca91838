// Random bytes from the chip. The firmware's Math.random and E.hwRand start from the same constant at every boot.
import { makeError } from "./errors";

const SEED_FILE = "tls-seed";
const SEED_BYTES = 32;
// 32-bit registers that hold true randomness while WiFi is on (chip reference manuals, "Random Number Generator").
const REGISTER: Record<string, number> = {
  ESP32: 0x3ff75144,
  ESP32_CYD: 0x3ff75144,
  ESP32S3: 0x6003507c,
  ESP32C3: 0x600260b0,
};

// Two reads make one word: the register needs time between reads to fill again. Two equal words in a row are a register that stands
// still (the odds of chance are 1 in 4,000,000,000): then nothing is given.
function fromRegister(register: number, count: number): string {
  let bytes = "";
  let last: number | undefined;
  while (bytes.length < count) {
    const word = peek32(register) ^ peek32(register);
    if (word === last) return "";
    last = word;
    bytes += String.fromCharCode(word & 255, (word >> 8) & 255, (word >> 16) & 255, (word >> 24) & 255);
  }
  return bytes;
}

// E.openFile moves flat strings when memory is short, which breaks an open TLS connection (2v29): only before connecting.
function fromUrandom(count: number): string {
  const file = E.openFile!("/dev/urandom", "r");
  const bytes = file && file.read(count);
  if (file) file.close();
  return bytes || "";
}

// For boards without a known source: bytes that the computer put into Storage. They are used once: their hash stands in their place
// before anything comes of them. (What Storage reads is a view on flash, which writing may move.)
function fromSeed(count: number): string {
  const storage = require("Storage");
  const sha256 = require("crypto").SHA256;
  const seed = storage.read(SEED_FILE) || "";
  let bytes = "";
  if (seed.length < SEED_BYTES) return bytes;
  while (bytes.length < count) bytes += E.toString(sha256(bytes + seed));
  return storage.write(SEED_FILE, E.toString(sha256("next" + seed))) ? bytes : "";
}

/**
 * Gives `count` random bytes: from the chip's register on ESP32 boards, from /dev/urandom on Linux, else from the one-use seed
 * in the Storage file "tls-seed" (32 random bytes). Not to be called while a TLS connection is open. Raises E_RANDOM when there
 * is no source, or the register does not change.
 */
export function randomBytes(count: number): string {
  const board = process.env.BOARD;
  const register = REGISTER[board];
  const bytes = register ? fromRegister(register, count) : board === "LINUX" ? fromUrandom(count) : fromSeed(count);
  if (bytes.length < count) throw makeError("E_RANDOM", "options", "board " + board);
  return bytes.substr(0, count);
}
