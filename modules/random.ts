// Random bytes from the chip. The firmware's Math.random and E.hwRand start from the same constant at every boot.
import { makeError } from "./errors";

// 32-bit registers that hold true randomness while WiFi is on (chip reference manuals, "Random Number Generator").
const REGISTER: Record<string, number> = {
  ESP32: 0x3ff75144,
  ESP32_CYD: 0x3ff75144,
  ESP32S3: 0x6003507c,
  ESP32C3: 0x600260b0,
};

// Two reads make one word: the register needs time between reads to fill again.
function randomWord(register: number): string {
  const word = peek32(register) ^ peek32(register);
  return String.fromCharCode(word & 255, (word >> 8) & 255, (word >> 16) & 255, (word >> 24) & 255);
}

// E.openFile moves flat strings when memory is short, which breaks an open TLS connection (2v29): only before connecting.
function fromUrandom(count: number): string {
  const file = E.openFile!("/dev/urandom", "r")!;
  const bytes = file.read(count);
  file.close();
  return bytes || "";
}

/**
 * Gives `count` random bytes: from the chip's register on ESP32 boards, from /dev/urandom on Linux. Not to be called while
 * a TLS connection is open. Raises E_RANDOM on a board without a known source.
 */
export function randomBytes(count: number): string {
  const board = process.env.BOARD;
  const register = REGISTER[board];
  let bytes = board === "LINUX" ? fromUrandom(count) : "";
  while (register && bytes.length < count) bytes += randomWord(register);
  if (bytes.length < count) throw makeError("E_RANDOM", "options", "board " + board);
  return bytes.substr(0, count);
}
