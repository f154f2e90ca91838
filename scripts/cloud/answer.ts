import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body: unknown;
}

/** How long a client may take to close its side; then it is cut off. */
const LINGER_MS = 2_000;

/**
 * Sends a whole answer and closes: on TLS with close_notify. What the client still sends is read and dropped, for
 * closing with unread bytes would reset the connection and could lose the answer.
 */
export function sendAnswer(socket: Socket, answer: Answer): void {
  const body = Buffer.from(JSON.stringify(answer.body));
  const headers = {
    Date: new Date().toUTCString(),
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    ...answer.headers,
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}\r\n${lines.join("")}\r\n`;
  socket.resume();
  socket.end(Buffer.concat([Buffer.from(head, "latin1"), body]));
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
}
