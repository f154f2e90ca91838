import net from "node:net";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";

export interface RecordTap extends LoopbackServer {
  /** Types of the TLS records the server has sent on the latest connection; 21 is an alert. */
  serverRecords(): number[];
  /** Every byte the server has sent on the latest connection. */
  serverBytes(): Buffer;
  /** Every byte the client has sent on the latest connection. */
  clientBytes(): Buffer;
}

/** Passes connections on to `port` and shows what only the wire shows: how the server closed. */
export async function tapRecords(port: number): Promise<RecordTap> {
  let fromServer: Buffer[] = [];
  let fromClient: Buffer[] = [];
  const server = net.createServer((client) => {
    fromServer = [];
    fromClient = [];
    const upstream = net.connect(port, "127.0.0.1");
    upstream.on("data", (chunk) => fromServer.push(chunk)).on("error", () => client.destroy());
    client.on("data", (chunk) => fromClient.push(chunk)).on("close", () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
  return Object.assign(await listenOnLoopback(server), {
    serverRecords: () => recordTypes(Buffer.concat(fromServer)),
    serverBytes: () => Buffer.concat(fromServer),
    clientBytes: () => Buffer.concat(fromClient),
  });
}

function recordTypes(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) types.push(bytes[at]!);
  return types;
}
