import { existsSync, realpathSync } from "node:fs";

/** Where a board is met: a serial port of this computer, or a console over TCP. */
export type Port = { kind: "tcp"; name: string; host: string; port: number } | { kind: "serial"; name: string; path: string };

const TCP_PREFIX = "tcp://";

/**
 * Reads a port as people give it: tcp://HOST:PORT, /dev/ttyUSB0, COM3.
 * @throws Error that says what a port looks like, or that there is no such serial port
 */
export function parsePort(name: string): Port {
  return name.startsWith(TCP_PREFIX) ? parseTcpPort(name) : parseSerialPort(name);
}

function parseTcpPort(name: string): Port {
  const match = /^tcp:\/\/([\w.-]+):(\d+)$/.exec(name);
  const port = Number(match?.[2]);
  if (!match?.[1] || !(port >= 1 && port <= 65_535)) {
    throw new Error(`Cannot use port "${name}": a console over TCP is written tcp://HOST:PORT, for example tcp://127.0.0.1:2323.`);
  }
  return { kind: "tcp", name, host: match[1], port };
}

function parseSerialPort(name: string): Port {
  if (/^COM\d+$/i.test(name)) return { kind: "serial", name, path: name.toUpperCase() };
  if (!name.startsWith("/")) {
    throw new Error(`Cannot use port "${name}": give a serial port (/dev/ttyUSB0, COM3) or a console over TCP (tcp://127.0.0.1:2323).`);
  }
  if (!existsSync(name)) {
    throw new Error(`There is no port ${name}. Is the board plugged in? List the ports of this computer with: npx espruino --no-ble --list`);
  }
  // The espruino CLI opens a port only by the name the system lists it under, not by a link such as /dev/serial/by-id/...
  return { kind: "serial", name, path: realpathSync(name) };
}

/** The port as the espruino CLI takes it. */
export function portArgument(port: Port): string {
  return port.kind === "tcp" ? port.name : port.path;
}
