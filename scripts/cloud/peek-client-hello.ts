import type { Socket } from "node:net";
import { ClientHelloError, parseClientHello, type ClientHello } from "./client-hello.ts";

/** A client that has connected sends its ClientHello at once; this is for those that never do. */
const CLIENT_HELLO_TIMEOUT_MS = 30_000;

/**
 * Reads a connection's ClientHello and puts the bytes back, so that a TLS server can be handed the untouched socket.
 *
 * @returns the ClientHello; undefined if the peer sent anything else, nothing for 30 s, or closed
 */
export function peekClientHello(socket: Socket): Promise<ClientHello | undefined> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const timer = setTimeout(() => finish(undefined), CLIENT_HELLO_TIMEOUT_MS).unref();

    function onData(chunk: Buffer): void {
      bytes = Buffer.concat([bytes, chunk]);
      const outcome = tryParse(bytes);
      if (outcome !== "need more") finish(outcome);
    }

    function onClose(): void {
      finish(undefined);
    }

    function finish(hello: ClientHello | undefined): void {
      clearTimeout(timer);
      socket.pause().removeListener("data", onData).removeListener("close", onClose);
      if (bytes.length > 0 && !socket.destroyed) socket.unshift(bytes);
      resolve(hello);
    }

    socket.on("data", onData).on("close", onClose);
  });
}

function tryParse(bytes: Buffer): ClientHello | undefined | "need more" {
  try {
    return parseClientHello(bytes) ?? "need more";
  } catch (error) {
    if (error instanceof ClientHelloError) return undefined;
    throw error;
  }
}
