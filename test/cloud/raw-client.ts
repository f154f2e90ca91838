import net, { type Socket } from "node:net";
import tls, { type ConnectionOptions } from "node:tls";

export interface Exchange {
  /** All that the server sent. */
  bytes: Buffer;
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Code of the error the connection ended with, if any. */
  errorCode: string | undefined;
}

/**
 * Sends bytes exactly as given, on TLS if `secure` is given, and collects the answer until the connection closes.
 * Nothing is repaired on the way, so the request may be as broken as a test wants.
 */
export function exchange(port: number, request: string | Buffer, secure?: ConnectionOptions): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let errorCode: string | undefined;
    const socket = open(port, secure, () => socket.write(request));
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => (errorCode = error.code ?? error.message));
    socket.on("close", () => resolve({ ...takeApart(Buffer.concat(chunks)), errorCode }));
  });
}

function open(port: number, secure: ConnectionOptions | undefined, onOpen: () => void): Socket {
  const where = { host: "127.0.0.1", port };
  return secure ? tls.connect({ ...where, ...secure }, onOpen) : net.connect(where, onOpen);
}

function takeApart(bytes: Buffer): Omit<Exchange, "errorCode"> {
  const [head = "", ...rest] = bytes.toString("latin1").split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const status = Number(statusLine.split(" ")[1] ?? 0);
  return { bytes, status, headers: Object.fromEntries(headers), body: rest.join("\r\n\r\n") };
}
