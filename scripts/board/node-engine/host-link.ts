import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { FromWorker, Reply, ToWorker } from "./messages.ts";
import type { HostLink } from "./runtime.ts";
import { SHARED } from "./shared-memory.ts";

/** The worker's end of the line to the board process. */
export class WorkerHostLink implements HostLink {
  readonly #memory: Int32Array;
  readonly #inbox: MessagePort;
  readonly #replies: MessagePort;
  readonly #listeners = new Map<string, (message: unknown) => void>();

  constructor(memory: Int32Array, inbox: MessagePort, replies: MessagePort) {
    this.#memory = memory;
    this.#inbox = inbox;
    this.#replies = replies;
  }

  /**
   * Asks the board process and waits for its answer; the interpreter stands still meanwhile.
   * @throws an Error with the message and `code` of what the handler threw
   */
  call(method: string, args: unknown): unknown {
    const seen = Atomics.load(this.#memory, SHARED.reply);
    this.#tell({ type: "call", method, args });
    Atomics.wait(this.#memory, SHARED.reply, seen);
    const received = receiveMessageOnPort(this.#replies) as { message: Reply } | undefined;
    if (!received) throw new Error(`The board process answered "${method}" without a message`);
    if (received.message.ok) return received.message.value;
    throw Object.assign(new Error(received.message.error.message), { code: received.message.error.code });
  }

  /** Tells the board process something and goes on. */
  send(method: string, args: unknown): void {
    this.#tell({ type: "send", method, args });
  }

  /** One listener for each channel of `HostSide.post`. */
  on(channel: string, listener: (message: unknown) => void): void {
    this.#listeners.set(channel, listener);
  }

  /** Gives a posted message to the listener of its channel. */
  deliver(channel: string, message: unknown): void {
    this.#listeners.get(channel)?.(message);
  }

  /** The next message from the board process, if there is one. */
  receive(): ToWorker | undefined {
    return (receiveMessageOnPort(this.#inbox) as { message: ToWorker } | undefined)?.message;
  }

  ready(): void {
    this.#tell({ type: "ready" });
  }

  reset(): void {
    this.#tell({ type: "reset" });
  }

  output(bytes: Uint8Array): void {
    this.#tell({ type: "output", bytes });
  }

  #tell(message: FromWorker): void {
    this.#inbox.postMessage(message);
  }
}
