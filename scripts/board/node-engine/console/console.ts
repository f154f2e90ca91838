import { SHARED, UNREAD_LIMIT_BYTES } from "../shared-memory.ts";

const FLUSH_BYTES = 4096;

/** What the board prints, on its way to the serial line. */
export class Console {
  readonly #memory: Int32Array;
  readonly #send: (bytes: Uint8Array) => void;
  #pending = "";
  /** Takes the line that is being typed off the screen, before anything else is printed. Set by the REPL. */
  removeInputLine: () => void = () => {};

  constructor(memory: Int32Array, send: (bytes: Uint8Array) => void) {
    this.#memory = memory;
    this.#send = send;
  }

  /** Bytes as they are. */
  write(bytes: string): void {
    this.#pending += bytes;
    if (this.#pending.length >= FLUSH_BYTES) this.flush();
  }

  /** Text whose line ends become CR LF. */
  writeText(text: string): void {
    this.write(text.replaceAll("\n", "\r\n"));
  }

  /** A line of output of its own: the line that is being typed makes room. */
  printLine(line: string): void {
    this.removeInputLine();
    this.writeText(`${line}\n`);
  }

  /** Sends what is pending. Waits while too much is under way: a serial line would block too. */
  flush(): void {
    if (this.#pending === "") return;
    const bytes = Uint8Array.from(Buffer.from(this.#pending, "latin1"));
    this.#pending = "";
    const unread = Atomics.add(this.#memory, SHARED.unread, bytes.length) + bytes.length;
    this.#send(bytes);
    if (unread > UNREAD_LIMIT_BYTES) Atomics.wait(this.#memory, SHARED.unread, unread);
  }
}
