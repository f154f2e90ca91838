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

/** A statement for the board that prints the value of an expression, and how to know that line. */
export interface Question {
  statement: string;
  /** The value, from a line that the board printed; undefined for any other line, null for one that arrived damaged. */
  answer(line: string): unknown;
}

/** Asks the board for a value that JSON can hold. */
export function createQuestion(expression: string): Question {
  const token = randomBytes(8).toString("hex");
  const start = `=== answer ${token} `;
  return {
    statement: `print("=== answer","${token}",JSON.stringify(${expression}));`,
    answer: (line) => (line.startsWith(start) ? parsed(line.slice(start.length)) : undefined),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** A condition in JavaScript for the board: Storage holds exactly these files. It tells nothing about their content. */
export function storageHolds(files: Record<string, Uint8Array>): string {
  const checks = Object.entries(files).map(
    ([name, content]) => `(d=require("Storage").read(${JSON.stringify(name)}))!==undefined&&d.length===${content.length}&&E.CRC32(d)===${crc32(content)}`,
  );
  return `(function(d){return ${checks.join("&&")}})()`;
}
