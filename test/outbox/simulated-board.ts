// A board that is nothing but its flash, in this process: the outbox runs on it in a bundle whose branches are counted.
import { readFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { FlashChip } from "../../scripts/board/node-engine/storage/flash-chip.ts";
import { PowerSupply, type PowerCut } from "../../scripts/board/node-engine/storage/power-supply.ts";
import { branchReached } from "../bundles/reached-branches.ts";
import { countedModule } from "../bundles/test-bundles.ts";

/** As modules/outbox.ts has them; that file is typed for the board and not for Node. */
export interface Entry {
  id: string;
  timeS: number;
  data: string;
}

export interface Outbox {
  put(data: string, timeS?: number): number;
  peek(maxRecords: number, maxBytes: number): Entry[];
  remove(count: number): void;
  status(): { queued: number; dropped: number; corrupt: number; freeBytes: number };
}

export interface OutboxOptions {
  start?: number;
  pages?: number;
  whenFull?: string;
}

/** Ends whatever runs on the board. */
export class PowerLost extends Error {}

export const START = 0x310000;
export const PAGE_BYTES = 4096;
/** Where a page's first record is, and what a record takes beside its data. */
export const HEADER_BYTES = 24;
export const FRAME_BYTES = 20;
const ERASED = 0xff;
const NOW_S = 1_790_000_000.75;

/** Flash that stays, a firmware that is there while the power is. */
export class SimulatedBoard {
  readonly power = new PowerSupply();
  readonly chip: FlashChip;
  /** What `process.env.BOARD` says. */
  name = "ESP32";
  start = START;
  serial = "24a16010-2030";
  hasFlash = true;
  /** Pages of the firmware's flash driver; the Linux build has smaller ones than an ESP32. */
  erasedBytes: number;
  /** Operations that changed the flash, and those that read it. */
  writes = 0;
  erases = 0;
  reads = 0;
  #randomReads = 0;
  /** Called before each write and each erase: a test spoils the flash here. */
  onChange: (bytes: Uint8Array | undefined, offset: number) => void = () => {};

  /** Called with what each read gives: a test makes it a wrong one here. */
  onRead: (bytes: Uint8Array) => void = () => {};

  constructor(pages: number, erasedBytes = PAGE_BYTES) {
    this.erasedBytes = erasedBytes;
    this.chip = new FlashChip(Buffer.alloc(pages * PAGE_BYTES, ERASED), erasedBytes, this.power);
    this.power.onCut = () => {
      throw new PowerLost("power cut");
    };
  }

  get pages(): number {
    return this.chip.bytes.length / PAGE_BYTES;
  }

  cut(cut: PowerCut): void {
    this.power.cutAfter(cut);
  }

  /** Runs something until it ends or the power does; the power is back afterwards. Tells which. */
  run(program: () => void): "done" | "cut" {
    try {
      program();
      return "done";
    } catch (error) {
      if (error instanceof PowerLost) return "cut";
      throw error;
    } finally {
      this.power.cutAfter();
    }
  }

  open(options: OutboxOptions = {}): Outbox {
    this.#install();
    return openOutbox({ pages: this.pages, ...options });
  }

  /** All that waits, without a limit. */
  waiting(options: OutboxOptions = {}): Entry[] {
    return this.open(options).peek(Infinity, Infinity);
  }

  #install(): void {
    Object.assign(globalThis, {
      E: {
        CRC32: (data: string | Uint8Array) => crc32(typeof data === "string" ? Buffer.from(data, "latin1") : data),
        toString: (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString("latin1"),
        toArrayBuffer: (text: string) => new Uint8Array(Buffer.from(text, "latin1")).buffer,
      },
      getTime: () => NOW_S,
      getSerial: () => this.serial,
      peek32: () => Math.imul(++this.#randomReads, 0x9e3779b1) >>> 0,
      require: (module: string) => {
        if (module === "Flash" && this.hasFlash) return this.#flash();
        throw new Error(`Module "${module}" not found`);
      },
    });
    process.env["BOARD"] = this.name;
  }

  #flash(): object {
    const { chip, start } = this;
    return {
      getFree: () => [{ addr: 0xe000, length: 0x2000 }, { addr: start, length: chip.bytes.length }],
      getPage: (address: number) => ({ addr: address - (address % this.erasedBytes), length: this.erasedBytes }),
      erasePage: (address: number) => {
        this.erases++;
        this.onChange(undefined, address - start);
        chip.erasePage(address - start);
      },
      write: (bytes: string, address: number) => {
        const data = Buffer.from(bytes, "latin1");
        this.writes++;
        this.onChange(data, address - start);
        chip.write(data, address - start);
      },
      read: (length: number, address: number) => {
        this.reads++;
        const bytes = new Uint8Array(chip.read(length, address - start));
        this.onRead(bytes);
        return bytes;
      },
    };
  }
}

const { openOutbox } = await loadOutbox();
export { openOutbox };

async function loadOutbox(): Promise<{ openOutbox(options?: OutboxOptions): Outbox }> {
  const exports = {};
  const code = await readFile((await countedModule("outbox")).plain, "latin1");
  (new Function("exports", "branchReached", code) as (...values: unknown[]) => void)(exports, branchReached);
  return exports as Awaited<ReturnType<typeof loadOutbox>>;
}
