// Which addresses are RAM. A read or write anywhere else reboots a board, so nothing is followed that does not point here.
import { refuseLayout } from "../errors";
import type { Settings } from "../settings";

/** First address, and the one after the last; several ranges follow each other. */
export type Ranges = number[];

// Espressif's memory maps (technical reference manuals, "System and Memory"). Without PSRAM, which most boards have none of: looking
// there would crash them. A board with PSRAM names it in its settings: `ram: [0x3ffae000, 0x40000000, 0x3f800000, 0x3fc00000]`.
const ESP32: Ranges = [0x3ffae000, 0x40000000];
const RAM: Record<string, Ranges> = {
  ESP32,
  ESP32_CYD: ESP32,
  ESP32S3: [0x3fc88000, 0x3fd00000],
  ESP32C3: [0x3fc80000, 0x3fce0000],
};

/**
 * The RAM of this board: by its name, or as the settings say (`ram: [start, end]`) for one that is not in the table. Raises
 * E_TLS_LAYOUT for a board of which neither is known.
 */
export function ramRanges(settings: Settings): Ranges {
  const board = process.env.BOARD;
  const ranges = settings.ram || RAM[board];
  return ranges || refuseLayout("board " + board);
}

/** Whether `length` bytes from an address on are all in RAM. */
export function isInRam(ram: Ranges, address: number, length: number): boolean {
  for (let i = 0; i < ram.length; i += 2) {
    if (address >= ram[i]! && address + length <= ram[i + 1]!) return true;
  }
  return false;
}
