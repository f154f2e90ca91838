// One connection kept open between requests: on a board the handshake is nearly the whole cost of a request. It is used again only for
// the same server and the same demands on it (RFC 9112 9.3), and it makes room when another TLS connection is to be opened.
import { endConnection, setIdle } from "./connection";
import type { Connection, ConnectionUser, Target } from "./connection";
import type { ResponseHead } from "./http/response-parser";
import { isHarmlessTwice } from "./idempotent";
import type { Agent } from "./request-options";
import { listen } from "./socket";
import type { BytesListener } from "./socket";
import type { TlsOptions } from "./verification";

/** @internal */
interface Kept extends ConnectionUser {
  line?: Connection | undefined;
  timer?: TimerId | undefined;
  /** Who waits for the heap that the connection takes. */
  next?: (() => void) | undefined;
}

// Load balancers close after 60 s of silence and home routers forget after minutes; until then the connection takes 40 KB of an ESP32's heap.
const IDLE_MS = 55000;
// What a server says of its own patience is counted from its last byte, and ours from when that came: it must not close first.
const MARGIN_MS = 1000;
// What must not differ, beside the pins, for a connection that one request has verified to serve another.
const DEMANDS = ["ca", "cert", "key", "minTls", "verify", "settings"];


function nothing(): void {}

const NOBODY: ConnectionUser = { onPhase: nothing, onOpen: nothing, onDrain: nothing, onClosed: nothing };
const kept: Kept = { onPhase: nothing, onOpen: nothing, onDrain: nothing, onClosed: nothing };

function stopTimer(): void {
  if (kept.timer) clearTimeout(kept.timer);
  kept.timer = undefined;
}

// The server has closed it, or it was closed here.
function onGone(): void {
  const next = kept.next;
  stopTimer();
  setIdle(undefined);
  kept.line = kept.next = undefined;
  if (next) next();
}

kept.onClosed = onGone;

function close(): void {
  if (kept.line) endConnection(kept.line, "clean", undefined);
}

// For a newer one: of what is left of it nobody needs to hear.
function drop(): void {
  if (!kept.line) return;
  stopTimer();
  kept.line.user = NOBODY;
  close();
}

function makeRoom(next: () => void): void {
  kept.next = next;
  close();
}

function isSameTarget(target: Target, other: Target): boolean {
  return target.host === other.host && target.port === other.port && target.secure === other.secure;
}

function isSameDemand(wanted: any, other: any): boolean {
  return "" + wanted.pins === "" + other.pins && DEMANDS.filter((name) => wanted[name] !== other[name]).length === 0;
}

// It may have been told to end, or its certificate may have expired, since it was kept.
function isUsable(line: Connection): boolean {
  const tls = line.socket!.tls;
  return !line.isOver && !line.socket!.isClosed && !(tls && tls.notAfter! < getTime());
}

function take(target: Target, wanted: TlsOptions, user: ConnectionUser, onBytes: BytesListener): Connection | undefined {
  const line = kept.line;
  if (!line || !isUsable(line) || !isSameTarget(target, line.target) || !isSameDemand(wanted, line.wanted)) return undefined;
  stopTimer();
  setIdle(undefined);
  kept.line = undefined;
  line.user = user;
  listen(line.socket!, onBytes);
  return line;
}

// RFC 9112 9.3: what the response says of its connection, and what is usual where it says nothing.
function isPersistent({ httpVersion, headers }: ResponseHead): boolean {
  const connection = (headers["connection"] || "").toLowerCase();
  return !/close/.test(connection) && (httpVersion !== "1.0" || /keep-alive/.test(connection));
}

// "timeout=5, max=100" (RFC 2068 19.7.1.1): seconds of silence, and how many requests more.
function idleMs(keepAlive: string): number {
  const timeout = /timeout *= *(\d+)/i.exec(keepAlive);
  if (/max *= *0/i.test(keepAlive)) return 0;
  return timeout ? Math.min(parseInt(timeout[1]!, 10) * 1000 - MARGIN_MS, IDLE_MS) : IDLE_MS;
}

function keep(line: Connection, head: ResponseHead): boolean {
  const leftMs = idleMs(head.headers["keep-alive"] || "");
  if (line.isOver || line.socket!.isClosed || leftMs <= 0 || !isPersistent(head)) return false;
  drop();
  kept.line = line;
  line.user = kept;
  listen(line.socket!, close);
  kept.timer = setTimeout(close, leftMs);
  if (line.target.secure) setIdle(makeRoom);
  return true;
}

/**
 * As `agent` of a request: its connection is kept open when the server allows it, for up to 55 s or what the server says in Keep-Alive,
 * and the next request with this agent, to the same host and port with the same ca, cert, key, pins, minTls, verify and settings
 * object, goes over it. One connection is kept at a time. If it turns out dead, the request is sent over a new one when that is
 * safe (docs/client.md). Whatever the server sends unasked ends it.
 */
export const keepAlive: Agent = { take, mayRepeat: isHarmlessTwice, keep, close };
