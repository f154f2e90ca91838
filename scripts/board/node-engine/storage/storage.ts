import { readFlash, writeFlash, type FlashContent } from "./flash-file.ts";
import { PowerSupply } from "./power-supply.ts";

/** Longest name of a file; longer ones are cut. */
export const NAME_LENGTH = 28;
/** An ESP32's Storage: 896 kB. */
const TOTAL_BYTES = 896 * 1024;
const HEADER_BYTES = 32;
const ERASED = 0xff;
const ALIGNMENT = 4;

/** What `Storage.write` refuses, with the firmware's message. */
export class StorageError extends Error {}

/** The board's file store (src/jsflash.c). Names and contents are byte strings; everything survives a restart. */
export class Storage {
  readonly #folder: string;
  readonly #content: FlashContent;
  readonly #power: PowerSupply;
  /** Called before files move: the firmware says so on the console. */
  onCompact: () => void = () => {};

  constructor(folder: string, power = new PowerSupply()) {
    this.#folder = folder;
    this.#power = power;
    this.#content = readFlash(folder);
  }

  /** A file's bytes, or undefined. */
  read(name: string): string | undefined {
    return this.#content.files.get(cut(name))?.toString("latin1");
  }

  list(): string[] {
    return [...this.#content.files.keys()];
  }

  /**
   * Writes a file or a piece of one. A piece goes only where nothing has been written.
   * @param size of the whole file; 0: that of `data`
   * @throws {StorageError}
   */
  write(name: string, data: string, offset = 0, size = 0): void {
    const bytes = Buffer.from(data, "latin1");
    const fileSize = size || bytes.length;
    if (fileSize === 0) throw new StorageError("Can't create zero length file");
    const key = cut(name);
    if (offset === 0 && this.#startFile(key, bytes, fileSize) === "same") return;
    const file = this.#content.files.get(key);
    if (!file) throw new StorageError("Unable to find or create file");
    if (offset + bytes.length > file.length) throw new StorageError("Too much data for file size");
    if (!isErased(file.subarray(offset, offset + bytes.length))) {
      throw new StorageError("File already written with different data");
    }
    const done = this.#power.draw(bytes.length);
    bytes.copy(file, offset, 0, done);
    this.#save(done);
  }

  erase(name: string): void {
    const file = this.#content.files.get(cut(name));
    if (!file) return;
    // Its first word goes, at once.
    const done = this.#power.draw(ALIGNMENT);
    if (done !== undefined && done < ALIGNMENT) this.#power.onCut();
    this.#content.trashBytes += spaceOf(file);
    this.#content.files.delete(cut(name));
    this.#save(done);
  }

  eraseAll(): void {
    const done = this.#power.draw(TOTAL_BYTES);
    this.#content.files.clear();
    this.#content.trashBytes = 0;
    this.#save(done);
  }

  /** Moves all files together. They are in RAM meanwhile: when the power goes, those not yet written again are lost. */
  compact(): void {
    const done = this.#power.draw(this.stats.fileBytes);
    this.#content.trashBytes = 0;
    if (done !== undefined) this.#keepWritten(done);
    this.#save(done);
  }

  get stats(): { totalBytes: number; freeBytes: number; fileBytes: number; fileCount: number; trashBytes: number } {
    const fileBytes = [...this.#content.files.values()].reduce((sum, file) => sum + spaceOf(file), 0);
    const { trashBytes, files } = this.#content;
    const freeBytes = TOTAL_BYTES - fileBytes - trashBytes;
    return { totalBytes: TOTAL_BYTES, freeBytes, fileBytes, fileCount: files.size, trashBytes };
  }

  /** Makes the file anew unless the old one can take the data. */
  #startFile(key: string, bytes: Buffer, size: number): "same" | "new" {
    const old = this.#content.files.get(key);
    if (old && old.length === size && isErased(old)) return "new";
    if (old?.equals(bytes)) return "same";
    if (old) {
      this.#content.trashBytes += spaceOf(old);
      this.#content.files.delete(key);
    }
    const file = Buffer.alloc(size, ERASED);
    this.#makeRoom(spaceOf(file));
    this.#content.files.set(key, file);
    return "new";
  }

  #makeRoom(bytes: number): void {
    if (this.stats.freeBytes >= bytes) return;
    this.onCompact();
    this.compact();
    if (this.stats.freeBytes < bytes) throw new StorageError("Unable to find or create file");
  }

  /** Of the file in which the power went, the rest is blank. */
  #keepWritten(bytes: number): void {
    let left = bytes;
    for (const [name, file] of this.#content.files) {
      if (left < HEADER_BYTES) this.#content.files.delete(name);
      else file.fill(ERASED, Math.min(left - HEADER_BYTES, file.length));
      left -= spaceOf(file);
    }
  }

  /** @param done not undefined when the power goes now */
  #save(done?: number): void {
    writeFlash(this.#folder, this.#content);
    if (done !== undefined) this.#power.onCut();
  }
}

function cut(name: string): string {
  return name.slice(0, NAME_LENGTH);
}

function spaceOf(file: Buffer): number {
  return HEADER_BYTES + Math.ceil(file.length / ALIGNMENT) * ALIGNMENT;
}

function isErased(bytes: Buffer): boolean {
  return bytes.every((each) => each === ERASED);
}
