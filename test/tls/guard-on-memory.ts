// Runs the TLS guard as it is bundled for the board, in a realm that has the firmware's functions on a memory of the test's choice.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createContext, runInContext } from "node:vm";
import type { BuiltBundle } from "../../scripts/build.ts";
import { branchReached } from "../bundles/reached-branches.ts";
import { builtModule, countedModule } from "../bundles/test-bundles.ts";
import { BoardMemory } from "./board-memory.ts";

/** Opaque: the minifier shortens its members. */
export type Guard = object;
export type Layout = object;

/** Some of a request's options. */
export interface Demands {
  ca: string | undefined;
  cert: string | undefined;
  pins: string[];
  minTls: string;
  key: string;
  verify: string;
}

/** What test/device/programs/tls-guard.ts exports. */
export interface GuardModule {
  plan(options: Partial<Demands> & { settings: { ram?: number[] } }, host: string): Guard;
  harden(guard: Guard, socket: { sckt: number }): void;
  checkPeer(guard: Guard, socket: { sckt: number }): { verified: string | false; sni: string; fingerprint256: string };
  findLayout(words: Uint32Array, base: number, socketNumber: number): Layout;
  peerCertificate(words: Uint32Array, layout: Layout, ram: number[]): string;
}

/** The one property of a device error that tests look at. */
export interface DeviceError {
  code: string;
  message: string;
}

/** Where the guard is as it is bundled for the board, and `counted`, the plain form that tells which branches it runs. */
export async function buildGuard(): Promise<{ bundle: BuiltBundle & { counted: string } }> {
  const { plain: counted } = await countedModule("tls-guard");
  return { bundle: { ...(await builtModule("tls-guard")), counted } };
}

/** A board without TLS library: its memory can be exchanged between two calls of the guard. */
export class GuardBoard {
  readonly guard: GuardModule;
  /** What process.env says. */
  boardName = "LINUX";
  /** Bytes of /dev/urandom; undefined: there is no such file. */
  randomness: Buffer | undefined = Buffer.alloc(256, "fixed randomness for a deterministic result, ");
  /** The chip's random register, for boards that have one: its address, and what a read gives. */
  register: { address: number; read(): number } | undefined;
  /** What the firmware of an ESP32 says of its heap; undefined: a board that says nothing. */
  freeHeap: number | undefined;
  /** Files in Storage, as bytes. */
  storage = new Map<string, string>();
  storageIsFull = false;
  /** Seconds since 1970. */
  timeS = Date.now() / 1000;
  /** Makes the words on a buffer; to be replaced by a test that watches them. */
  wordsOn: (...parameters: ConstructorParameters<typeof Uint32Array>) => Uint32Array = (...parameters) => new Uint32Array(...parameters);
  #memory: BoardMemory | undefined;
  #socketNumber = 0;

  private constructor(code: string) {
    const realm = createContext({ ...this.#firmware(), exports: {} });
    Object.defineProperty(realm, "ESP32", { get: () => this.freeHeap === undefined ? undefined : { getState: () => ({ freeHeap: this.freeHeap }) } });
    runInContext(code, realm);
    this.guard = realm.exports as GuardModule;
  }

  static async load(file: string): Promise<GuardBoard> {
    return new GuardBoard(await readFile(file, "latin1"));
  }

  get memory(): BoardMemory {
    if (!this.#memory) throw new Error("The board has no memory yet");
    return this.#memory;
  }

  set memory(memory: BoardMemory) {
    this.#memory = memory;
    this.#socketNumber = this.words[0]!;
  }

  /** The range that the settings name. */
  get ram(): number[] {
    return [this.memory.start, this.memory.end];
  }

  /** Plans a guard for the memory that is there, with a CA if nothing else is said. */
  plan(host = "localhost", demands: Partial<Demands> = {}): Guard {
    return this.guard.plan({ ca: "DER", ...demands, settings: { ram: this.ram } }, host);
  }

  /** The socket that the firmware would have given, by the state as it was when the memory was set. */
  get socket(): { sckt: number } {
    return { sckt: this.#socketNumber + 1 };
  }

  /** The TLS state as words. */
  get words(): Uint32Array {
    return new Uint32Array(this.memory.state.buffer);
  }

  #storageModule(): object {
    return {
      read: (name: string) => this.storage.get(name),
      write: (name: string, text: string) => !this.storageIsFull && this.storage.set(name, text) !== undefined,
    };
  }

  #firmware(): Record<string, unknown> {
    const state = stateString(this);
    return {
      ssl: new Proxy({}, { get: (_target, key) => Number(key) === this.#socketNumber ? state : undefined }),
      E: {
        toArrayBuffer: () => this.memory.state.buffer,
        getAddressOf: () => this.memory.stateAddress,
        memoryArea: (address: number, length: number) => this.memory.read(address, length).toString("latin1"),
        openFile: () => this.randomness && { read: (length: number) => this.randomness?.toString("latin1", 0, length), close: () => undefined },
        toString: (bytes: ArrayBuffer) => Buffer.from(bytes).toString("latin1"),
      },
      peek8: (address: number) => this.memory.read(address, 1)[0],
      peek32: (address: number) => address === this.register?.address ? this.register.read() : this.memory.read(address, 4).readUInt32LE(),
      poke8: (address: number, value: number | string) => this.memory.write(address, bytesOf(value)),
      poke32: (address: number, value: number) => this.memory.write(address, new Uint8Array(Uint32Array.of(value).buffer)),
      Uint32Array: constructorOf((...parameters) => this.wordsOn(...parameters)),
      require: (name: string) => name === "Storage" ? this.#storageModule() : CRYPTO,
      process: { env: environmentOf(this) },
      getTime: () => this.timeS,
      branchReached,
      print: () => undefined,
      console: { log: () => undefined },
      btoa: (text: string) => Buffer.from(text, "latin1").toString("base64"),
    };
  }
}

/** Calls the guard and gives the error of the project it raised, undefined for none. Any other exception goes through. */
export function errorOf(action: () => void): DeviceError | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (typeof (error as DeviceError).code !== "string" || error instanceof Error) throw error;
    return error as DeviceError;
  }
}

const CRYPTO = {
  SHA256: (text: string) => digest("sha256", text),
  SHA1: (text: string) => digest("sha1", text),
};

function environmentOf(board: GuardBoard): object {
  return {
    get BOARD() {
      return board.boardName;
    },
  };
}

// The firmware's flat string: characters that follow its memory.
function stateString(board: GuardBoard): object {
  return {
    charCodeAt: (index: number) => board.memory.state[index] ?? Number.NaN,
    substr: (start: number, length: number) => Buffer.from(board.memory.state).toString("latin1", start, start + length),
  };
}

function constructorOf(make: GuardBoard["wordsOn"]): object {
  return function Words(...parameters: ConstructorParameters<typeof Uint32Array>) {
    return make(...parameters);
  };
}

function bytesOf(value: number | string): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "latin1") : Uint8Array.of(value);
}

function digest(algorithm: string, text: string): ArrayBuffer {
  const bytes = createHash(algorithm).update(text, "latin1").digest();
  return new Uint8Array(bytes).buffer;
}
