import type { Console } from "./console.ts";
import { PACKET_SIZE_MASK } from "./packet-reader.ts";

const ACK = "\x06";
const NAK = "\x15";
const START = "\x10\x01";
const CHUNK_BYTES = 1024;

const TYPE = { response: 0, eval: 0x2000, event: 0x4000, fileSend: 0x6000, data: 0x8000, fileReceive: 0xa000 };

/** What packets need of the interpreter. */
export interface PacketHost {
  /** Evaluates and gives the value as source text, or undefined when it failed. */
  evaluate(expression: string): string | undefined;
  reportErrors(): void;
  /** Parses JSON in the firmware's tolerant way; undefined when it is no object. */
  parseObject(text: string): Record<string, unknown> | undefined;
  /** Fires an event on E; false when nobody listens. */
  emitOnE(event: string, value: unknown): boolean;
  readFile(name: string): string | undefined;
  /** Writes a piece of a file; false when Storage refuses. */
  writeFile(name: string, data: string, offset: number, size: number): boolean;
}

/** Answers packets (jsiPacketProcess of src/jsinteractive.c). Compressed files are refused. */
export class Packets {
  readonly #console: Console;
  readonly #host: PacketHost;
  #file: { name: string; size: number; offset: number } | undefined;

  constructor(console: Console, host: PacketHost) {
    this.#console = console;
    this.#host = host;
  }

  process(flags: number, data: string): void {
    const type = flags & ~PACKET_SIZE_MASK;
    if (type === TYPE.eval) this.#evaluate(data);
    else if (type === TYPE.event) this.#acknowledge(this.#event(data));
    else if (type === TYPE.fileReceive) this.#sendFile(data);
    else if (type === TYPE.fileSend) this.#acknowledge(this.#startFile(data));
    else if (type === TYPE.data) this.#acknowledge(this.#takeData(data));
    else this.#acknowledge(false);
  }

  #acknowledge(ok: boolean): void {
    this.#console.write(ok ? ACK : NAK);
  }

  #evaluate(expression: string): void {
    const text = this.#host.evaluate(expression);
    this.#acknowledge(text !== undefined);
    if (text === undefined) this.#host.reportErrors();
    else this.#reply(TYPE.response, text);
  }

  #event(data: string): boolean {
    const value = this.#host.parseObject(data);
    return value !== undefined && this.#host.emitOnE("packet", value);
  }

  #sendFile(data: string): void {
    const options = this.#host.parseObject(data);
    const content = typeof options?.fn === "string" && !options.fs ? this.#host.readFile(options.fn) : undefined;
    this.#acknowledge(content !== undefined);
    if (content === undefined) return;
    for (let at = 0; at < content.length; at += CHUNK_BYTES) {
      this.#reply(TYPE.data, content.slice(at, at + CHUNK_BYTES));
    }
    this.#reply(TYPE.data, "");
  }

  #startFile(data: string): boolean {
    const options = this.#host.parseObject(data);
    const size = Number(options?.s);
    this.#file = undefined;
    if (typeof options?.fn !== "string" || !size || options.fs || options.c) return false;
    this.#file = { name: options.fn, size, offset: 0 };
    return true;
  }

  #takeData(data: string): boolean {
    const file = this.#file;
    if (!file) return false;
    const ok = this.#host.writeFile(file.name, data, file.offset, file.size);
    file.offset += data.length;
    this.#host.emitOnE("packetUpload", { l: data.length, o: file.offset, s: file.size, fn: file.name });
    if (file.offset >= file.size) this.#file = undefined;
    return ok;
  }

  #reply(type: number, data: string): void {
    const flags = type | data.length;
    this.#console.write(START + String.fromCharCode(flags >> 8, flags & 0xff) + data);
  }
}
