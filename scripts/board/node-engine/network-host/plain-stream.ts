import type { Socket } from "node:net";
import type { ByteStream, StreamEvents } from "./byte-stream.ts";
import { CONNECTION_LOST } from "./mbedtls-codes.ts";

/** Carries the payload of a plain TCP connection. */
export function openPlainStream(tcp: Socket, events: StreamEvents): ByteStream {
  tcp.on("data", (bytes: Buffer) => events.data(bytes));
  tcp.once("end", () => events.closed(CONNECTION_LOST, false));
  tcp.once("error", () => events.closed(CONNECTION_LOST, true));
  tcp.resume();
  return {
    send: (bytes) => void tcp.write(bytes, (error) => {
      if (!error) events.sent(bytes.length);
    }),
    pause: () => void tcp.pause(),
    resume: () => void tcp.resume(),
  };
}
