import { createSocket, type Socket } from "node:dgram";
import type { OpenUdpRequest, SocketMessage } from "./messages.ts";

const LOOPBACK_PREFIX = "127.";

/**
 * One UDP socket of the board. As behind a home router, datagrams come in only from this computer and from hosts the
 * program has written to.
 */
export class UdpPort {
  readonly #socket: Socket;
  readonly #linkIsUp: () => boolean;
  readonly #peers = new Set<string>();
  #isClosed = false;

  private constructor(socket: Socket, linkIsUp: () => boolean) {
    this.#socket = socket;
    this.#linkIsUp = linkIsUp;
  }

  /** Binds the port (0: any). Gives undefined when it is taken. */
  static async open(
    request: OpenUdpRequest,
    linkIsUp: () => boolean,
    post: (message: SocketMessage) => void,
  ): Promise<UdpPort | undefined> {
    const socket = createSocket({ type: "udp4", reuseAddr: request.reuseAddress });
    if (!(await bind(socket, request.port))) return undefined;
    const udpPort = new UdpPort(socket, linkIsUp);
    socket.on("error", () => {});
    socket.on("message", (bytes, { address, port }) => {
      if (!udpPort.#accepts(address)) return;
      post({ kind: "datagram", handle: request.handle, bytes, address, port });
    });
    return udpPort;
  }

  /** Without a link, or to port 0, the datagram is lost without a word, as UDP does. */
  send(bytes: Uint8Array, address: string, port: number): void {
    if (this.#isClosed || !this.#linkIsUp() || port === 0) return;
    this.#peers.add(address);
    this.#socket.send(bytes, port, address, () => {});
  }

  close(): void {
    if (!this.#isClosed) this.#socket.close();
    this.#isClosed = true;
  }

  #accepts(address: string): boolean {
    return this.#linkIsUp() && (address.startsWith(LOOPBACK_PREFIX) || this.#peers.has(address));
  }
}

function bind(socket: Socket, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port }, () => {
      socket.removeAllListeners("error");
      resolve(true);
    });
  });
}
