import { HEAP_FAULT } from "./firmware/heap-watch.ts";
import { TLS_HANDSHAKE, type TlsHandshake } from "./firmware/tls-handshake-start.ts";
import type { HeapFault } from "./memory/heap.ts";
import type { HostSide } from "./runtime.ts";

/** What the board process knows of the board's memory, for tests and for `npm run selftest`. */
export interface MemoryReports {
  /** Every TLS handshake that was started since power-up. */
  readonly tlsHandshakes: readonly TlsHandshake[];
  /** Every block of the heap that was freed twice, wrongly or never. Each one made the board crash. */
  readonly heapFaults: readonly HeapFault[];
}

/** Collects what the worker tells. */
export function collectMemoryReports(host: HostSide): MemoryReports {
  const tlsHandshakes: TlsHandshake[] = [];
  const heapFaults: HeapFault[] = [];
  host.handle(TLS_HANDSHAKE, (handshake) => tlsHandshakes.push(handshake as TlsHandshake));
  host.handle(HEAP_FAULT, (fault) => heapFaults.push(fault as HeapFault));
  return { tlsHandshakes, heapFaults };
}
