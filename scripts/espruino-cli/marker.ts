import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/** A statement for the board, and the line that proves that it ran: random, so that nothing older can be taken for it. */
export interface Marker {
  statement: string;
  line: string;
}

/** A marker that says `word`. The statement does not contain the line, so an echo of it proves nothing. */
export function createMarker(word: string): Marker {
  const token = randomBytes(8).toString("hex");
  return { statement: `print("=== ${word}","${token}");`, line: `=== ${word} ${token}` };
}

/** A condition in JavaScript for the board: Storage holds exactly these files. It tells nothing about their content. */
export function storageHolds(files: Record<string, Uint8Array>): string {
  const checks = Object.entries(files).map(
    ([name, content]) => `(d=require("Storage").read(${JSON.stringify(name)}))!==undefined&&d.length===${content.length}&&E.CRC32(d)===${crc32(content)}`,
  );
  return `(function(d){return ${checks.join("&&")}})()`;
}
