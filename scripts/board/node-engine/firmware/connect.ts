import { parseIpAddress } from "./ip-address.ts";
import type { NetworkStack } from "./network-stack.ts";
import { programError } from "./program-error.ts";
import { createSocketObject, type SocketObject, TYPE_TLS, TYPE_UDP } from "./socket-object.ts";
import { isPlainObject, typeName } from "./text-of-value.ts";
import { parseUrl } from "./url-parse.ts";

const DEFAULT_HOST = "127.0.0.1";
const TLS_PORT = 443;
/** The firmware copies a host name into a buffer of 128 bytes. */
const LONGEST_HOST_NAME = 127;

/**
 * jswrap_net_connect: makes a socket of `type` and, unless it is UDP, connects it before it returns. Bad arguments only
 * print a line. Raises InternalError "Unable to locate host" or "Unable to create socket", or what is wrong with the
 * TLS options; the failed socket still says `end` and `close` in the next pass.
 */
export function connect(
  stack: NetworkStack,
  target: unknown,
  callback: unknown,
  type: number,
): SocketObject | undefined {
  const { runtime } = stack;
  const options = typeof target === "string" ? runtime.toProgram(parseUrl(target)) : target;
  if (!isPlainObject(options)) {
    runtime.print(`ERROR: Expecting Options to be an Object but it was ${typeName(options)}`);
    return undefined;
  }
  if (callback !== undefined && typeof callback !== "function") {
    runtime.print(`ERROR: Expecting Callback Function but got ${typeName(callback)}`);
    return undefined;
  }
  const socket = createSocketObject(runtime, type, options, callback);
  stack.clients.list.push(socket);
  if (type !== TYPE_UDP) stack.enter(() => openSocket(stack, socket));
  return socket;
}

/** clientRequestConnect: gives the socket its connection, once. */
export function openSocket(stack: NetworkStack, socket: SocketObject): void {
  if (socket.sckt !== undefined) return;
  try {
    socket.sckt = openConnection(stack, socket) + 1;
  } catch (error) {
    socket.clsNow = true;
    throw error;
  }
}

function openConnection(stack: NetworkStack, socket: SocketObject): number {
  const { driver, runtime } = stack;
  if (socket.type === TYPE_UDP) return orRefuse(stack, driver.openUdp(0, false));
  const address = locate(stack, socket.opt.host);
  if (address === undefined) throw runtime.internalError("Unable to locate host");
  const isTls = socket.type === TYPE_TLS;
  const port = portOf(socket.opt.port) || (isTls ? TLS_PORT : 0);
  const sckt = orRefuse(stack, driver.connectTcp(address, port, isTls));
  if (isTls) setUpTls(stack, sckt, socket.opt);
  return sckt;
}

function orRefuse(stack: NetworkStack, sckt: number | undefined): number {
  if (sckt === undefined) throw stack.runtime.internalError("Unable to create socket");
  return sckt;
}

/** The firmware's leak: when the set-up fails it forgets the TCP socket it has just opened. */
function setUpTls(stack: NetworkStack, sckt: number, options: Record<string, unknown>): void {
  try {
    stack.tls.open(sckt, options);
  } catch (error) {
    stack.driver.leaked.add(sckt);
    throw error;
  }
}

/** networkGetHostByName: undefined when there is no such host. */
export function locate(stack: NetworkStack, host: unknown): string | undefined {
  if (host === undefined) return DEFAULT_HOST;
  const name = String(host).slice(0, LONGEST_HOST_NAME);
  return parseIpAddress(name) ?? (name === "" ? undefined : stack.driver.resolve(name));
}

/** An integer modulo 65536; text is read as a number. */
export function portOf(value: unknown): number {
  const number = typeof value === "string" ? Number.parseInt(value, 10) : Number(value);
  return Math.trunc(number || 0) & 0xffff;
}

/** Raises what `write` and `send` raise on a socket that is closing or closed. */
export function requireOpen(stack: NetworkStack, socket: SocketObject): void {
  if (socket.cls || socket.clsNow) throw programError(stack.runtime, "This socket is closed");
}
