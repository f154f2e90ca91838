import type { BoardMemory } from "../memory/board-memory.ts";
import type { FlatString } from "../memory/flat-string.ts";
import { TlsImage } from "../memory/tls-image.ts";
import type { Runtime } from "../runtime.ts";

type States = Record<number, FlatString | undefined>;

/**
 * Creates the state of socket `sckt` and shows it to the program, in the global `ssl` under the socket's number.
 * @throws OutOfHeap
 */
export function createTlsState(runtime: Runtime, memory: BoardMemory, sckt: number): TlsImage {
  const image = new TlsImage(memory, sckt, runtime.toProgram(new ArrayBuffer(memory.layout.bytes)));
  const global = runtime.global;
  global.ssl ??= runtime.toProgram({});
  (global.ssl as States)[sckt] = image.flatString;
  return image;
}

/** Whether the firmware can find the state: it looks in the program's global, which the program may have changed. */
export function isTlsStateThere(runtime: Runtime, { socket, flatString }: TlsImage): boolean {
  return (runtime.global.ssl as States | undefined)?.[socket] === flatString;
}

export function removeTlsState(runtime: Runtime, { socket }: TlsImage): void {
  delete (runtime.global.ssl as States | undefined)?.[socket];
}
