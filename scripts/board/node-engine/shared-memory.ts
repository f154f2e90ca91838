/**
 * The few words of memory both threads see. Everything else travels as messages: these exist because an interpreter
 * that waits or loops never returns to Node's event loop, and so can only be reached by Atomics.
 */
export const SHARED = {
  /** Counts messages to the worker; the idle loop sleeps on it. */
  wake: 0,
  /** 1 while a Ctrl-C waits to be seen. */
  interrupt: 1,
  /** Counts answers to blocking calls. */
  reply: 2,
  /** Bytes printed that the serial line has not taken yet. */
  unread: 3,
} as const;

const WORDS = 4;

/** Console bytes that may wait for the serial line before printing blocks, as a UART with flow control does. */
export const UNREAD_LIMIT_BYTES = 256 * 1024;

/** Makes the shared words, all 0. */
export function createSharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
}
