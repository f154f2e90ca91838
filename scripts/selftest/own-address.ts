import { createSocket } from "node:dgram";
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { LOOPBACK } from "../cloud/loopback.ts";
import type { Port } from "../espruino-cli/port.ts";

/** Nothing is sent to it: "connecting" a UDP socket only asks the system for a route. */
const ANY_PORT = 9;

/**
 * This computer's IPv4 address as the board sees it.
 * @param port of an attached board; undefined for a virtual board of our own
 * @param given on the command line
 * @throws Error for an address that is none of this computer's, and where there is none given and none can be found out
 */
export async function ownAddress(port: Port | undefined, given: string | undefined): Promise<string> {
  if (!port) return LOOPBACK;
  if (given !== undefined) return checked(given, port);
  if (port.kind === "tcp") return await addressTowards(port.host);
  throw new Error("A board at a serial port cannot tell where this computer is: " +
    `give its address on the board's network with --host. ${known()}`);
}

function checked(address: string, port: Port): string {
  if (!isIPv4(address)) throw new Error(`Cannot use --host ${address}: it has to be an IPv4 address. ${known()}`);
  if (port.kind === "serial" && address.startsWith("127.")) {
    throw new Error(`Cannot use --host ${address}: on the board it means the board itself. ${known()}`);
  }
  const isOurs = address.startsWith("127.") || ownAddresses().includes(address);
  if (!isOurs) throw new Error(`Cannot use --host ${address}: it is no address of this computer. ${known()}`);
  return address;
}

function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address);
}

function known(): string {
  return `This computer has: ${ownAddresses().join(", ") || "none but loopback"}.`;
}

async function addressTowards(host: string): Promise<string> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.connect(ANY_PORT, host, resolve);
    });
    return socket.address().address;
  } catch (error) {
    throw new Error(`Cannot find this computer's address towards ${host} (${(error as Error).message}): give it with --host. ${known()}`);
  } finally {
    socket.close();
  }
}
