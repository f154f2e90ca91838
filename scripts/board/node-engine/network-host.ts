import type { World } from "../engine.ts";
import type { HostSide } from "./runtime.ts";
import * as messages from "./network-host/messages.ts";
import { resolveName, resolveNameBlocking } from "./network-host/resolver.ts";
import { SocketTable } from "./network-host/socket-table.ts";
import { type AccessPoint, Station } from "./network-host/station.ts";

/** The board's network as the board process sees it. */
export interface NetworkHost {
  /** Switches the access point off (false) or on. */
  setLink(up: boolean): void;
  /** TCP connections and UDP sockets that are open. */
  openSockets(): number;
  /** Closes every socket and leaves the network. */
  stop(): void;
}

/** A world whose access point may have further traits. */
export type NetworkWorld = World & { accessPoint: AccessPoint };

/**
 * Answers what the firmware's network modules ask for with real sockets of this computer. Nothing is reachable until
 * the program has joined `world.accessPoint`.
 */
export function installNetworkHost(host: HostSide, world: NetworkWorld): NetworkHost {
  const sockets = new SocketTable(host, () => station.hasLink);
  const post = (message: messages.WifiMessage): void => host.post(messages.WIFI_CHANNEL, message);
  const station = new Station(world.accessPoint, post, () => sockets.setLink(station.hasLink));
  installLookUps(host, world, station);
  installSockets(host, sockets);
  installStation(host, station);
  host.onReset(() => sockets.closeAll());
  return {
    setLink: (up) => station.setVisible(up),
    openSockets: () => sockets.count,
    stop() {
      sockets.closeAll();
      station.stop();
    },
  };
}

function installLookUps(host: HostSide, world: World, station: Station): void {
  host.handle("network.resolve", (args) => {
    const { name } = args as { name: string };
    return station.hasLink ? resolveNameBlocking(world, name) : null;
  });
  host.handle("wifi.lookUp", async (args) => {
    const { name } = args as { name: string };
    const address = station.hasLink ? await resolveName(world, name) : null;
    host.post(messages.WIFI_CHANNEL, { kind: "looked-up", address } satisfies messages.WifiMessage);
  });
}

function installSockets(host: HostSide, sockets: SocketTable): void {
  host.handle("tcp.connect", (args) => sockets.connect(args as messages.ConnectRequest));
  host.handle("tls.start", (args) => sockets.startTls(args as messages.StartTlsRequest));
  host.handle("tcp.send", (args) => sockets.send(args as messages.SendRequest));
  host.handle("tcp.consumed", (args) => sockets.consumed(args as messages.ConsumedNotice));
  host.handle("udp.open", (args) => sockets.openUdp(args as messages.OpenUdpRequest));
  host.handle("udp.send", (args) => sockets.sendDatagram(args as messages.SendDatagramRequest));
  host.handle("socket.close", (args) => sockets.close(args as messages.CloseRequest));
}

function installStation(host: HostSide, station: Station): void {
  host.handle("wifi.connect", (args) => {
    const { ssid, password } = args as { ssid: string; password: string };
    station.connect(ssid, password);
  });
  host.handle("wifi.disconnect", () => station.disconnect());
  host.handle("wifi.scan", () => station.scan());
  host.handle("wifi.powerOff", () => station.stop());
  host.handle("wifi.snapshot", () => station.snapshot);
}
