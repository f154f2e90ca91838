import type { KeyObject } from "node:crypto";
import type { BoardMemory } from "./board-memory.ts";
import { writeCertificate } from "./certificate-image.ts";
import type { FlatString } from "./flat-string.ts";
import { generatorBytes, startGenerator } from "./generator.ts";
import { writeKey } from "./key-image.ts";
import { Structure } from "./structure.ts";
import { writeConfiguration, writeContext } from "./tls-setup.ts";

/** What the program gave as `ca`, `cert` and `key`. */
export interface TlsMaterial {
  /** DER. */
  ca: Uint8Array | undefined;
  /** DER. */
  certificate: Uint8Array | undefined;
  key: KeyObject | undefined;
}

const CONNECTING = 4;

/**
 * One TLS socket's state in the board's RAM: the firmware's structure, which is also the flat string `ssl[n]`, and the
 * blocks that it points to.
 */
export class TlsImage {
  readonly memory: BoardMemory;
  /** The socket's number. Blocks of the heap carry it. */
  readonly socket: number;
  readonly flatString: FlatString;
  readonly structure: Structure;
  /** The generator as the firmware seeded it. */
  stockSeed: Uint8Array = new Uint8Array();
  /** What mbedTLS parsed as CA: its key stays as parsed, whatever happens to the raw bytes. */
  ca: Uint8Array | undefined;
  key: KeyObject | undefined;

  /** `buffer` becomes the structure's bytes; it belongs to the program's realm and is all zeros. @throws OutOfHeap */
  constructor(memory: BoardMemory, socket: number, buffer: ArrayBuffer) {
    this.memory = memory;
    this.socket = socket;
    this.flatString = memory.createFlatString(buffer, `ssl[${socket}]`, socket);
    this.structure = new Structure(memory, this.flatString.address);
    this.structure.setWord(0, socket);
    this.structure.setByte(CONNECTING, 1);
  }

  /**
   * ssl_newSocketData of network.c, from the generator to the host name.
   * @param random the interpreter's `rand()`
   * @throws OutOfHeap
   */
  setUp(material: TlsMaterial, random: () => number): void {
    const { layout } = this.memory;
    startGenerator(this.structure, layout.generator, random);
    this.stockSeed = this.generatorBytes();
    this.#loadMaterial(material);
    writeConfiguration(this);
    writeContext(this);
  }

  /** True until the handshake is over. */
  get isConnecting(): boolean {
    return this.structure.byte(CONNECTING) !== 0;
  }

  endConnecting(): void {
    this.structure.setByte(CONNECTING, 0);
  }

  get context(): Structure {
    return this.structure.part(this.memory.layout.context.offset);
  }

  get configuration(): Structure {
    return this.structure.part(this.memory.layout.configuration.offset);
  }

  get caCertificate(): Structure {
    return this.structure.part(this.memory.layout.caCertificate);
  }

  get ownCertificate(): Structure {
    return this.structure.part(this.memory.layout.ownCertificate);
  }

  get ownKey(): Structure {
    return this.structure.part(this.memory.layout.ownKey);
  }

  generatorBytes(): Uint8Array {
    return generatorBytes(this.structure, this.memory.layout.generator);
  }

  /** A block of zeros for this socket. @throws OutOfHeap */
  allocate(bytes: number, owner: string): number {
    return this.memory.heap.allocate(bytes, this.describe(owner), this.socket);
  }

  /** Names a block: what it is, and whose. */
  describe(what: string): string {
    return `${what} of TLS socket ${this.socket}`;
  }

  #loadMaterial({ ca, certificate, key }: TlsMaterial): void {
    this.ca = ca;
    this.key = key;
    if (ca) writeCertificate(this.caCertificate, ca, this.describe("CA"), this.socket);
    if (certificate) writeCertificate(this.ownCertificate, certificate, this.describe("own certificate"), this.socket);
    if (key) writeKey(this.ownKey, key, this.describe("own key"), this.socket);
  }
}
