import { BoundSockets } from "./bound-sockets.ts";
import { ClientSockets } from "./client-sockets.ts";
import { NetDriver } from "./net-driver.ts";
import { Panic } from "./panic.ts";
import type { Runtime } from "../runtime.ts";
import { SocketEvents } from "./socket-events.ts";
import { SocketTransport } from "./socket-transport.ts";
import { TlsLink, type TlsParts } from "./tls-link.ts";

/** Everything the network modules share. */
export class NetworkStack {
  readonly runtime: Runtime;
  readonly driver: NetDriver;
  readonly tls: TlsLink;
  readonly transport: SocketTransport;
  readonly clients: ClientSockets;
  readonly bound: BoundSockets;

  constructor(runtime: Runtime, parts: TlsParts) {
    const events = new SocketEvents(runtime);
    this.runtime = runtime;
    this.driver = new NetDriver(runtime);
    this.tls = new TlsLink(runtime, this.driver, parts);
    this.transport = new SocketTransport(this.driver, this.tls);
    this.clients = new ClientSockets(runtime, this.transport, events);
    this.bound = new BoundSockets(this.transport, events);
    runtime.addIdleTask(() => this.#idle());
    runtime.onReset((isReboot) => this.#forgetAll(isReboot));
  }

  /**
   * Runs a function of the firmware that the program called. Afterwards the idle loop must see to the sockets, and the
   * firmware's pointer to the network is null (networkFree).
   */
  enter<T>(work: () => T): T {
    this.tls.isNetworkCurrent = true;
    try {
      return work();
    } finally {
      this.tls.isNetworkCurrent = false;
      // The board never sleeps while it has a socket; this interpreter does.
      this.runtime.requestPass();
    }
  }

  #idle(): boolean {
    this.tls.isNetworkCurrent = true;
    try {
      const boundActive = this.bound.idle();
      return this.clients.idle() || boundActive;
    } catch (error) {
      if (!(error instanceof Panic)) throw error;
      this.tls.crash(error);
      return false;
    } finally {
      this.tls.isNetworkCurrent = false;
    }
  }

  #forgetAll(isReboot: boolean): void {
    this.tls.freeAll(isReboot);
    this.clients.list.length = 0;
    this.bound.list.length = 0;
    this.transport.receiveBufferBytes = 0;
  }
}
