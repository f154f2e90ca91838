import { toByteString } from "./byte-string.ts";
import type { Runtime } from "../runtime.ts";

/** Length of the state on an ESP32 with ESP-IDF 3.3 (mbedTLS 2.16.12, 32 bits). */
const STATE_BYTES = 1376;
const CONNECTING_OFFSET = 4;

/**
 * What the program finds in the global `ssl` under a socket's number: a flat string whose bytes are the firmware's TLS
 * structure. `flatBuffer` is the live memory that `E.toArrayBuffer` gives. Only the socket number and the `connecting`
 * byte are filled in.
 */
export class TlsState {
  readonly flatBuffer: ArrayBuffer;
  readonly length = STATE_BYTES;
  readonly #bytes: Uint8Array;

  /** `flatBuffer` belongs to the program's realm and is all zeros. */
  constructor(sckt: number, flatBuffer: ArrayBuffer) {
    this.flatBuffer = flatBuffer;
    this.#bytes = new Uint8Array(flatBuffer);
    new DataView(flatBuffer).setInt32(0, sckt, true);
    this.#bytes[CONNECTING_OFFSET] = 1;
  }

  /** True until the handshake is over. */
  get isConnecting(): boolean {
    return this.#bytes[CONNECTING_OFFSET] !== 0;
  }

  endHandshake(): void {
    this.#bytes[CONNECTING_OFFSET] = 0;
  }

  charCodeAt(index: number): number {
    return this.#bytes[index] ?? Number.NaN;
  }

  toString(): string {
    return toByteString(this.#bytes);
  }
}

/** The server name the stock firmware sends, whatever the host is. */
export const STOCK_SERVER_NAME = "mbed TLS Server 1";

/** Creates the state of socket `sckt` and shows it to the program. */
export function createTlsState(runtime: Runtime, sckt: number): TlsState {
  const state = new TlsState(sckt, runtime.toProgram(new ArrayBuffer(STATE_BYTES)));
  const global = runtime.global;
  global.ssl ??= runtime.toProgram({});
  (global.ssl as Record<number, unknown>)[sckt] = state;
  return state;
}

/** The state as the firmware finds it: through the program's global, so undefined when the program removed it. */
export function findTlsState(runtime: Runtime, sckt: number): TlsState | undefined {
  const states = runtime.global.ssl as Record<number, unknown> | undefined;
  const state = states?.[sckt];
  return state instanceof TlsState ? state : undefined;
}

export function freeTlsState(runtime: Runtime, sckt: number): void {
  const states = runtime.global.ssl as Record<number, unknown> | undefined;
  if (states !== undefined) delete states[sckt];
}
