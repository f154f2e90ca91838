import type { Runtime } from "../runtime.ts";
import { createDgram } from "./dgram.ts";
import { createNet } from "./net.ts";
import { NetworkStack } from "./network-stack.ts";
import { createTelnetServer, TelnetListener } from "./telnet-server.ts";
import { createTls } from "./tls.ts";
import type { TlsParts } from "./tls-link.ts";
import { Wifi } from "./wifi.ts";

/** What a board shows about its sockets. */
export interface NetworkState {
  /** Socket numbers in use, telnet's listener and leaked sockets included. */
  usedSockets(): number;
  /** Sockets the firmware lost in a failed TLS set-up. */
  leakedSockets(): number;
  /** A reboot, unlike a reset, also leaves the network and gives leaked sockets back. */
  reboot(): void;
}

/**
 * Registers the ESP32's network modules: net, tls, dgram, Wifi and TelnetServer. Their sockets live in the board
 * process (`installNetworkHost`), the TLS library's state in the board's memory.
 */
export function installNetwork(runtime: Runtime, parts: TlsParts): NetworkState {
  const stack = new NetworkStack(runtime, parts);
  const wifi = new Wifi(runtime);
  const telnet = new TelnetListener(stack);
  runtime.defineModule("net", () => createNet(stack));
  runtime.defineModule("tls", () => createTls(stack));
  runtime.defineModule("dgram", () => createDgram(stack));
  runtime.defineModule("Wifi", () => wifi.createModule());
  runtime.defineModule("TelnetServer", () => createTelnetServer(stack, telnet));
  return {
    usedSockets: () => stack.driver.slots.count,
    leakedSockets: () => stack.driver.leaked.size,
    reboot() {
      stack.driver.reclaimLeaked();
      runtime.host.send("wifi.powerOff", undefined);
    },
  };
}
