import { plainText } from "./value-text.ts";
import { openBrackets } from "./bracket-count.ts";
import type { Console } from "./console.ts";
import { InputLine } from "./input-line.ts";
import { PacketReader } from "./packet-reader.ts";

/** What the REPL needs of the interpreter. */
export interface ReplHost {
  /** Runs a line. Gives the text of its value, or undefined when it failed. */
  runLine(line: string, firstLine: number): { text: string } | undefined;
  /** Prints what went wrong in the line just run. */
  reportErrors(): void;
  /** Deals with a packet whose length field is `flags`. */
  packet(flags: number, data: string): void;
  /** The answer to ENQ. */
  identity(): string;
  /** What looked like a Ctrl-C on the line was a packet's byte. */
  dropCtrlC(): void;
  /** A packet has begun or ended: inside, a byte 3 is no Ctrl-C. */
  onPacketState(isInPacket: boolean): void;
}

const SOH = "\x01";
const CTRL_C = "\x03";
const ENQ = "\x05";
const DLE = "\x10";
const ESC = "\x1b";

type State = "none" | "dle" | "escape" | "escape-O" | "escape-[" | "escape-number" | "carriage-return";

/** The console's line editor, byte by byte (jsiHandleConsoleChar of src/jsinteractive.c). */
export class Repl {
  readonly line: InputLine;
  echo = true;
  readonly #console: Console;
  readonly #host: ReplHost;
  readonly #packets: PacketReader;
  #echoOffForLine = false;
  #state: State = "none";
  #number = 0;
  #firstLine = 1;

  constructor(console: Console, host: ReplHost) {
    this.#console = console;
    this.#host = host;
    this.line = new InputLine(console, () => this.#echoes);
    this.#packets = new PacketReader((flags, data) => {
      this.#echoOffForLine = false;
      host.onPacketState(false);
      host.packet(flags, data);
    });
  }

  /** Takes one byte that was typed. */
  take(byte: string): void {
    if (this.#packets.isReading) this.#takeInPacket(byte);
    else if (byte === "\0") this.#state = "none";
    else if (byte === SOH) this.#startPacket();
    else if (byte === CTRL_C) return;
    else if (byte === ENQ) this.#identify();
    else if (byte === DLE) this.#dataLinkEscape();
    else if (byte === ESC) this.#state = "escape";
    else if (this.#state.startsWith("escape")) this.#escaped(byte);
    else this.#plain(byte);
  }

  /** Ctrl-C when nothing runs: the line is gone. */
  cancelLine(): void {
    this.line.clear(true);
    this.#firstLine = 1;
  }

  /** A packet that stays unfinished is given up. */
  abandonPacket(): void {
    this.#packets.abandon();
    this.#host.onPacketState(false);
  }

  get isReadingPacket(): boolean {
    return this.#packets.isReading;
  }

  reset(): void {
    this.line.reset();
    this.#echoOffForLine = false;
    this.#state = "none";
    this.#firstLine = 1;
    this.echo = true;
  }

  get #echoes(): boolean {
    return this.echo && !this.#echoOffForLine;
  }

  #takeInPacket(byte: string): void {
    if (byte === CTRL_C) this.#host.dropCtrlC();
    this.#packets.take(byte);
  }

  #startPacket(): void {
    if (this.#state !== "dle") return;
    this.#state = "none";
    this.#packets.start();
    this.#host.onPacketState(true);
  }

  #identify(): void {
    if (this.line.text === "") this.#console.writeText(`${this.#host.identity()}\n`);
  }

  #dataLinkEscape(): void {
    if (this.line.text === "") this.#echoOffForLine = true;
    this.#state = "dle";
  }

  #plain(byte: string): void {
    const wasReturn = this.#state === "carriage-return";
    this.#state = "none";
    if (byte === "\b" || byte === "\x7f") this.line.delete(true);
    else if (byte === "\n" && wasReturn) return;
    else if (byte === "\r" || byte === "\n") {
      if (byte === "\r") this.#state = "carriage-return";
      this.#lineEnd();
    } else if (byte >= " ") this.line.insert(byte);
  }

  #escaped(byte: string): void {
    const state = this.#state;
    this.#state = "none";
    if (state === "escape") this.#afterEscape(byte);
    else if (state === "escape-O") this.#key(byte);
    else if (state === "escape-[" && /\d/.test(byte)) {
      this.#number = Number(byte);
      this.#state = "escape-number";
    } else if (state === "escape-[") this.#key(byte);
    else if (/\d/.test(byte)) {
      this.#number = this.#number * 10 + Number(byte);
      this.#state = "escape-number";
    } else this.#numbered(byte);
  }

  #afterEscape(byte: string): void {
    if (byte === "O") this.#state = "escape-O";
    else if (byte === "[") this.#state = "escape-[";
    else if (byte === "\n") this.line.insertLineEnd();
  }

  #key(byte: string): void {
    if (byte === "A" || byte === "B") this.line.vertical(byte === "A");
    else if (byte === "C") this.line.right();
    else if (byte === "D") this.line.left();
    else if (byte === "F") this.line.end();
    else if (byte === "H") this.line.home();
  }

  #numbered(byte: string): void {
    if (byte === "d") this.#firstLine = this.#number;
    else if (byte === "H" && this.#number === 2) this.line.clear(true);
    else if (byte === "~") this.#numpad(this.#number);
  }

  #numpad(key: number): void {
    if (key === 1) this.line.home();
    else if (key === 3) this.line.delete(false);
    else if (key === 4) this.line.end();
    else if (key === 5 || key === 6) this.line.page(key === 6);
  }

  #lineEnd(): void {
    if (!this.line.isCursorAtEnd || openBrackets(this.line.text) > 0) this.line.insertLineEnd();
    else this.#execute();
  }

  #execute(): void {
    if (this.line.isShown) this.#console.write("\r\n");
    if (!this.#echoOffForLine) this.line.markRemoved();
    const line = this.line.text.trimEnd();
    const firstLine = this.#firstLine;
    this.#firstLine = 1;
    this.line.clear(false);
    const result = this.#host.runLine(line, firstLine);
    if (this.#echoes && line !== "") {
      this.line.remember(line);
      if (result) this.#console.writeText(`=${result.text}\n`);
    }
    this.#host.reportErrors();
    this.#echoOffForLine = false;
  }
}

/** The text of an exception as the console shows it. */
export function exceptionText(exception: unknown): string {
  const { stack } = (typeof exception === "object" && exception !== null ? exception : {}) as { stack?: unknown };
  return `Uncaught ${plainText(exception)}\n${typeof stack === "string" ? stack : ""}`;
}
