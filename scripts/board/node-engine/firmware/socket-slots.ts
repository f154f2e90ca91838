/** lwIP on the ESP32 has this many sockets for everything: clients, listeners and telnet (CONFIG_LWIP_MAX_SOCKETS). */
export const SOCKET_LIMIT = 10;
/** lwIP numbers its sockets from here (LWIP_SOCKET_OFFSET: 64 file descriptors, the last ten are sockets). */
const FIRST_SOCKET_NUMBER = 54;

/** The table of the ESP32's ten socket numbers. */
export class SocketSlots {
  readonly #used = new Set<number>();

  /** The lowest free socket number, or undefined when all are in use. */
  take(): number | undefined {
    for (let number = FIRST_SOCKET_NUMBER; number < FIRST_SOCKET_NUMBER + SOCKET_LIMIT; number++) {
      if (this.#used.has(number)) continue;
      this.#used.add(number);
      return number;
    }
    return undefined;
  }

  release(number: number): void {
    this.#used.delete(number);
  }

  get count(): number {
    return this.#used.size;
  }
}
