import type { Socket } from "node:net";
import type { ByteStream, StreamEvents } from "./byte-stream.ts";
import type { HandshakeSettings, SocketMessage } from "./messages.ts";
import { formatCode } from "./mbedtls-codes.ts";
import { openPlainStream } from "./plain-stream.ts";
import { openTlsStream } from "./tls-stream.ts";

/** TCP_WND of ESP-IDF: what the peer may send before the program reads. */
const RECEIVE_WINDOW_BYTES = 5744;

/** One TCP connection of the board, plain or with TLS on it. */
export class Connection {
  readonly #handle: number;
  readonly #tcp: Socket;
  readonly #post: (message: SocketMessage) => void;
  #stream: ByteStream | undefined;
  #unreadBytes = 0;
  #unsentBytes = 0;
  #linkUp = true;
  #heldMessages: SocketMessage[] = [];
  #isClosing = false;

  constructor(handle: number, tcp: Socket, post: (message: SocketMessage) => void) {
    this.#handle = handle;
    this.#tcp = tcp;
    this.#post = post;
    tcp.on("error", () => {});
  }

  startPlain(): void {
    this.#stream = openPlainStream(this.#tcp, this.#events());
  }

  startTls(settings: HandshakeSettings): void {
    const handle = this.#handle;
    this.#stream = openTlsStream(this.#tcp, settings, {
      ...this.#events(),
      certificates: (chain) => this.#tell({ kind: "certificates", handle, chain }),
      secure: (problems) => this.#tell({ kind: "secure", handle, problems }),
      handshakeFailed: (code) => this.#tell({ kind: "handshake-failed", handle, code: formatCode(code) }),
    });
  }

  send(bytes: Uint8Array): void {
    this.#unsentBytes += bytes.length;
    this.#stream?.send(bytes);
  }

  /** The program read `count` bytes: the window opens again. */
  consumed(count: number): void {
    this.#unreadBytes -= count;
    this.#applyFlow();
  }

  /** With the link down nothing arrives and nothing leaves, and neither side is told. */
  setLink(up: boolean): void {
    if (this.#linkUp === up) return;
    this.#linkUp = up;
    if (!up) return this.#tcp.cork();
    this.#tcp.uncork();
    for (const message of this.#heldMessages.splice(0)) this.#tell(message);
    this.#closeWhenSent();
  }

  /**
   * The firmware's `close`: what was sent still leaves, then FIN; a reset when something was never read. No
   * close_notify: the firmware never sends one.
   */
  close(unread: boolean): void {
    this.#isClosing = true;
    if (unread || this.#unreadBytes > 0) this.#tcp.resetAndDestroy();
    else this.#closeWhenSent();
  }

  /** Lets go of everything at once. */
  destroy(): void {
    this.#isClosing = true;
    this.#tcp.destroy();
  }

  onGone(listener: () => void): void {
    this.#tcp.once("close", listener);
  }

  #events(): StreamEvents {
    const handle = this.#handle;
    return {
      data: (bytes) => this.#receive(bytes),
      sent: (count) => this.#confirmSent(count),
      closed: (code, reset) => this.#tell({ kind: "closed", handle, code, reset }),
    };
  }

  #receive(bytes: Uint8Array): void {
    this.#unreadBytes += bytes.length;
    this.#tell({ kind: "data", handle: this.#handle, bytes });
    this.#applyFlow();
  }

  #confirmSent(count: number): void {
    this.#unsentBytes -= count;
    this.#tell({ kind: "sent", handle: this.#handle, count });
    this.#closeWhenSent();
  }

  #applyFlow(): void {
    if (this.#unreadBytes < RECEIVE_WINDOW_BYTES) this.#stream?.resume();
    else this.#stream?.pause();
  }

  #closeWhenSent(): void {
    if (this.#isClosing && this.#linkUp && this.#unsentBytes === 0) this.#tcp.destroySoon();
  }

  #tell(message: SocketMessage): void {
    if (this.#isClosing) return;
    if (this.#linkUp) this.#post(message);
    else this.#heldMessages.push(message);
  }
}
