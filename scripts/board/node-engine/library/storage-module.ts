import { objectText } from "../console/object-text.ts";
import type { Interpreter } from "../interpreter.ts";
import { StorageError } from "../storage/storage.ts";
import { byteString } from "./byte-values.ts";
import { JsonParser } from "./json-parser.ts";
import { openStorageFile, STORAGE_FILE_CHUNK } from "./storage-file.ts";

/** `require("Storage")` (libs/js/jswrap_storage.c). */
export function createStorageModule(interpreter: Interpreter): object {
  const { realm, storage } = interpreter;
  const module = realm.object();
  realm.defineNatives(module, {
    read: (name: unknown, offset?: number, length?: number) => readPart(storage.read(String(name)), offset, length),
    readArrayBuffer: (name: unknown) => {
      const bytes = storage.read(String(name));
      return bytes === undefined ? undefined : realm.arrayBuffer(Buffer.from(bytes, "latin1"));
    },
    readJSON: (name: unknown, noExceptions: unknown) => readJson(interpreter, String(name), Boolean(noExceptions)),
    write: (name: unknown, data: unknown, offset?: number, size?: number) => {
      writeFile(interpreter, String(name), contentOf(interpreter, data), offset ?? 0, size ?? 0);
      return true;
    },
    writeJSON: (name: unknown, value: unknown) => {
      writeFile(interpreter, String(name), objectText(realm, value, { dropQuotes: true }), 0, 0);
      return true;
    },
    erase: (name: unknown) => storage.erase(String(name)),
    eraseAll: () => storage.eraseAll(),
    list: (pattern?: unknown, filter?: { sf?: boolean }) => realm.array(listNames(storage.list(), pattern, filter?.sf)),
    hash: (pattern?: unknown) =>
      hashOf(listNames(storage.list(), pattern, undefined).map((each) => each + storage.read(each)!)),
    getFree: () => storage.stats.freeBytes,
    getStats: () => realm.object({ ...storage.stats, trashCount: 0 }),
    compact: () => storage.compact(),
    optimise: () => {},
    debug: () => {},
    open: (name: string, mode: string) => openStorageFile(interpreter, name, mode),
  });
  return module;
}

/** Writes and turns a refusal into the program's error. */
export function writeFile(
  { storage, realm }: Interpreter,
  name: string,
  data: string,
  offset: number,
  size: number,
): void {
  try {
    storage.write(name, data, offset, size);
  } catch (error) {
    throw error instanceof StorageError ? realm.error("Error", error.message) : error;
  }
}

function readPart(bytes: string | undefined, offset = 0, length = 0): string | undefined {
  return bytes?.substr(offset, length > 0 ? length : undefined);
}

function readJson({ storage, realm, interrupts }: Interpreter, name: string, noExceptions: boolean): unknown {
  const text = storage.read(name);
  if (text === undefined) return undefined;
  try {
    return new JsonParser(realm, text, true).parse();
  } catch (error) {
    if (noExceptions && !interrupts.active) return undefined;
    throw error;
  }
}

/** Objects become JSON, arrays and numbers bytes. */
function contentOf({ realm }: Interpreter, data: unknown): string {
  if (data === undefined || data === null) throw realm.error("Error", "Can't get pointer to data to write");
  const isPlain = typeof data === "object" && Object.getPrototypeOf(data) === realm.objectPrototype;
  return isPlain ? objectText(realm, data, { json: true }) : byteString(realm, data);
}

/** Append files are kept in pieces whose names end in a byte 1, 2, ...: they are listed once, or not at all. */
function listNames(names: string[], pattern: unknown, storageFiles: boolean | undefined): string[] {
  const isPiece = (name: string) => name.charCodeAt(name.length - 1) < STORAGE_FILE_CHUNK;
  let found = names;
  if (storageFiles === false) found = names.filter((each) => !isPiece(each));
  if (storageFiles === true) found = names.filter((each) => each.endsWith("\x01")).map((each) => each.slice(0, -1));
  if (pattern === undefined) return found;
  if (typeof pattern !== "object") return found.filter((each) => each === String(pattern));
  return found.filter((each) => (pattern as RegExp).exec(each) !== null);
}

function hashOf(texts: string[]): number {
  return [...texts.join("")].reduce((hash, each) => (Math.imul(hash, 31) + each.charCodeAt(0)) | 0, 0);
}
