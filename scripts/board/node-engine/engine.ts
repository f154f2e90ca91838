import { MessageChannel, Worker, type MessagePort } from "node:worker_threads";
import type { Engine, EngineExit, EngineOptions } from "../engine.ts";
import { POWER_CUT_CODE, type BoardIdentity, type FromWorker, type Reply, type ToWorker, type WorkerStart } from "./messages.ts";
import { tlsLayout } from "./memory/layouts.ts";
import { collectMemoryReports, type MemoryReports } from "./memory-reports.ts";
import { installNetworkHost, type NetworkHost } from "./network-host.ts";
import type { HostSide } from "./runtime.ts";
import { createSharedMemory, SHARED } from "./shared-memory.ts";
import type { PowerCut } from "./storage/power-supply.ts";

const CTRL_C = 3;
const DEFAULT_VERSION = "2v29";

/** What the node engine takes beyond the options of any engine. */
export interface NodeEngineOptions extends EngineOptions {
  /** What `process.env` says. Default: 2v29 on the chip that has the TLS library's layout. */
  board?: Partial<BoardIdentity>;
  /** Interrupts the program, uncatchably, after this many of its statements since power-up. */
  interruptAfterStatements?: number;
  /** Cuts the power inside an operation on flash, Storage included. The engine then ends with "power cut". */
  cutPower?: PowerCut;
}

/** The node engine can be controlled and looked into more than the contract asks for. */
export interface NodeEngine extends Engine, MemoryReports {
  /** From the next idle pass on, interrupts the program after so many more statements. */
  interruptAfterStatements(statements: number): void;
  /** From the next idle pass on, counts operations on flash and cuts the power inside one. See NodeEngineOptions.cutPower. */
  cutPowerAfter(cut: PowerCut): void;
}

/**
 * An interpreter that behaves like Espruino on an ESP32, made from this computer's own JavaScript engine. It runs in a
 * worker thread, so that its blocking calls and endless loops leave the board process free.
 */
export function createNodeEngine(options: NodeEngineOptions): NodeEngine {
  return new WorkerEngine(options);
}

class WorkerEngine implements NodeEngine {
  readonly exited: Promise<EngineExit>;
  readonly tlsHandshakes: MemoryReports["tlsHandshakes"];
  readonly heapFaults: MemoryReports["heapFaults"];
  readonly #options: NodeEngineOptions;
  readonly #buffer = createSharedMemory();
  readonly #memory = new Int32Array(this.#buffer);
  readonly #handlers = new Map<string, (args: unknown) => unknown>();
  readonly #resetListeners: (() => void)[] = [];
  readonly #network: NetworkHost;
  #worker: Worker | undefined;
  #inbox: MessagePort | undefined;
  #replies: MessagePort | undefined;
  #listener: (bytes: Uint8Array) => void = () => {};
  #settleExit: (exit: EngineExit) => void = () => {};
  #settleReady: () => void = () => {};
  #failure: string | undefined;
  #stopping = false;

  constructor(options: NodeEngineOptions) {
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#settleExit = resolve;
    });
    const host = this.#hostSide();
    this.#network = installNetworkHost(host, options.world);
    ({ tlsHandshakes: this.tlsHandshakes, heapFaults: this.heapFaults } = collectMemoryReports(host));
  }

  async start(): Promise<void> {
    if (this.#worker) throw new Error("The node engine was started before: make a new one for each power-up");
    const inbox = new MessageChannel();
    const replies = new MessageChannel();
    this.#inbox = inbox.port1;
    this.#replies = replies.port1;
    const ready = new Promise<void>((resolve) => {
      this.#settleReady = resolve;
    });
    inbox.port1.on("message", (message: FromWorker) => this.#take(message));
    this.#worker = this.#startWorker(inbox.port2, replies.port2);
    const exit = await Promise.race([ready, this.exited]);
    if (exit) throw new Error(`The node engine did not start: ${exit.reason}`);
  }

  write(bytes: Uint8Array): void {
    if (bytes.includes(CTRL_C)) Atomics.store(this.#memory, SHARED.interrupt, 1);
    this.#tell({ type: "input", bytes: Uint8Array.from(bytes) });
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  interruptAfterStatements(statements: number): void {
    this.#tell({ type: "interruptAfter", statements });
  }

  cutPowerAfter(cut: PowerCut): void {
    this.#tell({ type: "cutPower", cut });
  }

  setAccessPoint(isOn: boolean): void {
    this.#network.setLink(isOn);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#worker) {
      this.#settleExit({ reason: "stopped" });
      return;
    }
    await this.#worker.terminate();
    await this.exited;
  }

  #startWorker(inbox: MessagePort, replies: MessagePort): Worker {
    const layout = tlsLayout(this.#options.tlsLayout);
    const start: WorkerStart = {
      memory: this.#buffer,
      inbox,
      replies,
      flashFolder: this.#options.flashFolder,
      board: { board: layout.chip.board, version: DEFAULT_VERSION, ...this.#options.board },
      tlsLayout: layout.name,
      interruptAfterStatements: this.#options.interruptAfterStatements,
      cutPower: this.#options.cutPower,
    };
    const worker = new Worker(new URL("./worker-entry.mjs", import.meta.url), {
      workerData: start,
      transferList: [inbox, replies],
      execArgv: [],
    });
    worker.on("message", (failure: string) => {
      this.#failure = failure;
    });
    worker.on("error", (error) => {
      this.#failure = String((error as Error).stack ?? error);
    });
    worker.on("exit", (code) => this.#end(code));
    return worker;
  }

  #take(message: FromWorker): void {
    if (message.type === "output") {
      Atomics.sub(this.#memory, SHARED.unread, message.bytes.length);
      Atomics.notify(this.#memory, SHARED.unread);
      this.#listener(message.bytes);
    } else if (message.type === "call") {
      void this.#answer(message.method, message.args);
    } else if (message.type === "send") {
      this.#handler(message.method)(message.args);
    } else if (message.type === "ready") {
      this.#settleReady();
    } else {
      for (const listener of this.#resetListeners) listener();
    }
  }

  async #answer(method: string, args: unknown): Promise<void> {
    let reply: Reply;
    try {
      reply = { ok: true, value: await this.#handler(method)(args) };
    } catch (error) {
      const { message, code } = error as Error & { code?: unknown };
      reply = { ok: false, error: { message: message ?? String(error), code } };
    }
    this.#replies?.postMessage(reply);
    Atomics.add(this.#memory, SHARED.reply, 1);
    Atomics.notify(this.#memory, SHARED.reply);
  }

  #handler(method: string): (args: unknown) => unknown {
    const handler = this.#handlers.get(method);
    if (!handler) throw new Error(`The board process has no handler for "${method}"`);
    return handler;
  }

  #hostSide(): HostSide {
    return {
      handle: (method, handler) => this.#handlers.set(method, handler),
      post: (channel, message) => this.#tell({ type: "post", channel, message }),
      onReset: (listener) => this.#resetListeners.push(listener),
    };
  }

  #tell(message: ToWorker): void {
    this.#inbox?.postMessage(message);
    Atomics.add(this.#memory, SHARED.wake, 1);
    Atomics.notify(this.#memory, SHARED.wake);
  }

  #end(code: number): void {
    for (const listener of this.#resetListeners) listener();
    this.#inbox?.close();
    this.#replies?.close();
    if (code === POWER_CUT_CODE && !this.#stopping) {
      this.#settleExit({ reason: "power cut" });
      return;
    }
    const failed = this.#failure ? `interpreter failed: ${this.#failure}` : `interpreter ended with code ${code}`;
    this.#settleExit({ reason: this.#stopping ? "stopped" : failed });
  }
}
