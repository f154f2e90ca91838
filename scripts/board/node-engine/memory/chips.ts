/** Addresses from `start` to before `end`. */
export interface AddressRange {
  start: number;
  end: number;
}

/** What a chip's address space looks like to `peek` and `poke`, and what it prints when they miss. */
export interface Chip {
  /** Value of `process.env.BOARD`. */
  board: string;
  /** All that can be read and written. */
  ram: AddressRange;
  /** Where the interpreter keeps flat strings. */
  variables: AddressRange;
  /** The heap that ESP-IDF's TLS library allocates from. */
  heap: AddressRange;
  /** 32 bits from the radio's noise at each read. */
  randomRegister: number;
  /** Start of the code in flash: what function pointers point into. Not RAM. */
  code: number;
  /** Start of the constants in flash: tables and key types. Not RAM. */
  constants: number;
  /** The chip's words for a bad read and a bad write. */
  causes: { load: string; store: string };
  /** The register that holds the address in a crash report. */
  faultRegister: string;
}

/** RAM and heap as in ESP-IDF 3.3's linker scripts; WDEV_RND_REG from soc/wdev_reg.h. */
export const ESP32: Chip = {
  board: "ESP32",
  ram: { start: 0x3ffae000, end: 0x40000000 },
  variables: { start: 0x3ffb4000, end: 0x3ffdc000 },
  heap: { start: 0x3ffe4350, end: 0x3fffff00 },
  randomRegister: 0x3ff75144,
  code: 0x400d0020,
  constants: 0x3f400020,
  causes: { load: "LoadProhibited", store: "StoreProhibited" },
  faultRegister: "EXCVADDR",
};

/** The same for ESP-IDF 4. */
export const ESP32C3: Chip = {
  board: "ESP32C3",
  ram: { start: 0x3fc80000, end: 0x3fce0000 },
  variables: { start: 0x3fc90000, end: 0x3fcb8000 },
  heap: { start: 0x3fcb9000, end: 0x3fcdf000 },
  randomRegister: 0x600260b0,
  code: 0x42000020,
  constants: 0x3c000020,
  causes: { load: "Load access fault", store: "Store access fault" },
  faultRegister: "MTVAL",
};

/**
 * What the chip prints when a program reads or writes where nothing is.
 * @param address what was accessed; undefined for a null pointer inside the firmware
 */
export function accessFaultLines(chip: Chip, access: "load" | "store", address = 0): string[] {
  return [
    `Guru Meditation Error: Core  0 panic'ed (${chip.causes[access]}). Exception was unhandled.`,
    "",
    `Core  0 register dump: ${chip.faultRegister}: 0x${hexAddress(address)}`,
    "",
    "Rebooting...",
  ];
}

/** Eight digits, as crash reports have them. */
export function hexAddress(address: number): string {
  return (address >>> 0).toString(16).padStart(8, "0");
}
