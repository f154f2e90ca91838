import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What is in the flash: files in the order they were written, and the space that replaced ones still take. */
export interface FlashContent {
  files: Map<string, Buffer>;
  trashBytes: number;
}

const FILE_NAME = "storage.bin";
const MAGIC = "ESPR0001";
const NAME_BYTES = 28;
const LENGTH_BYTES = 4;

/**
 * Reads the flash of an earlier power-up; an empty one when there was none.
 * @throws an Error that names the file when it is no flash of this board
 */
export function readFlash(folder: string): FlashContent {
  const path = join(folder, FILE_NAME);
  let image: Buffer;
  try {
    image = readFileSync(path);
  } catch {
    return { files: new Map(), trashBytes: 0 };
  }
  if (image.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new Error(`${path} is no flash of the virtual board: remove it or name another folder`);
  }
  return { files: readFiles(image), trashBytes: image.readUInt32LE(MAGIC.length) };
}

/** Writes the flash; a power cut leaves the old content or the new. */
export function writeFlash(folder: string, content: FlashContent): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE_NAME);
  const head = Buffer.alloc(MAGIC.length + LENGTH_BYTES);
  head.write(MAGIC, "latin1");
  head.writeUInt32LE(content.trashBytes, MAGIC.length);
  const records = [...content.files].flatMap(([name, data]) => [recordHead(name, data), data]);
  writeFileSync(`${path}.new`, Buffer.concat([head, ...records]));
  renameSync(`${path}.new`, path);
}

function recordHead(name: string, data: Buffer): Buffer {
  const head = Buffer.alloc(LENGTH_BYTES + NAME_BYTES);
  head.writeUInt32LE(data.length, 0);
  head.write(name, LENGTH_BYTES, "latin1");
  return head;
}

function readFiles(image: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = MAGIC.length + LENGTH_BYTES; at < image.length; ) {
    const length = image.readUInt32LE(at);
    const name = image.toString("latin1", at + LENGTH_BYTES, at + LENGTH_BYTES + NAME_BYTES).replace(/\0+$/, "");
    const start = at + LENGTH_BYTES + NAME_BYTES;
    files.set(name, Buffer.from(image.subarray(start, start + length)));
    at = start + length;
  }
  return files;
}
