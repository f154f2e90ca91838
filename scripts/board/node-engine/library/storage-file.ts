import type { Interpreter } from "../interpreter.ts";
import { writeFile } from "./storage-module.ts";

/** Names of pieces end in a byte below this. */
export const STORAGE_FILE_CHUNK = 32;
const PIECE_BYTES = 4096 - 32;
const END_OF_PIECE = /\xff*$/;

/** `Storage.open`: a file that grows at its end, kept in pieces of a flash page. */
export function openStorageFile(interpreter: Interpreter, name: string, mode: string): object {
  const { realm } = interpreter;
  if (!/^[rwa]$/.test(mode)) throw realm.error("Error", `Invalid mode ${mode}`);
  const pieces = new Pieces(interpreter, name);
  if (mode === "w") pieces.erase();
  const file = realm.object();
  let at = 0;
  const read = (length: number): string | undefined => {
    const text = pieces.read().substr(at, length);
    at += text.length;
    return text === "" ? undefined : text;
  };
  realm.defineNatives(file, {
    read: (length: number) => (mode === "r" ? read(length) : undefined),
    readLine: () => {
      const end = pieces.read().indexOf("\n", at);
      return mode === "r" ? read(end < 0 ? Infinity : end + 1 - at) : undefined;
    },
    getLength: () => pieces.read().length,
    write: (data: unknown) => {
      if (mode === "r") throw realm.error("Error", "Can't write in this mode");
      pieces.append(String(data));
    },
    erase: () => pieces.erase(),
  });
  return file;
}

class Pieces {
  readonly #interpreter: Interpreter;
  readonly #name: string;

  constructor(interpreter: Interpreter, name: string) {
    this.#interpreter = interpreter;
    this.#name = name;
  }

  read(): string {
    return this.#contents().join("");
  }

  append(data: string): void {
    let rest = data;
    while (rest !== "") {
      const contents = this.#contents();
      const last = contents.at(-1);
      const number = last === undefined || last.length === PIECE_BYTES ? contents.length + 1 : contents.length;
      const offset = number > contents.length ? 0 : last!.length;
      const part = rest.slice(0, PIECE_BYTES - offset);
      writeFile(this.#interpreter, this.#pieceName(number), part, offset, offset === 0 ? PIECE_BYTES : 0);
      rest = rest.slice(part.length);
    }
  }

  erase(): void {
    const count = this.#contents().length;
    for (let number = 1; number <= count; number++) this.#interpreter.storage.erase(this.#pieceName(number));
  }

  #contents(): string[] {
    const contents: string[] = [];
    for (;;) {
      const piece = this.#interpreter.storage.read(this.#pieceName(contents.length + 1));
      if (piece === undefined) return contents;
      contents.push(piece.replace(END_OF_PIECE, ""));
    }
  }

  #pieceName(number: number): string {
    return this.#name + String.fromCharCode(number);
  }
}
