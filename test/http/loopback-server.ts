import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Listens on a free port of 127.0.0.1 while `use(port)` runs; gives its result once every connection has closed. */
export async function withServer<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    await once(server, "close");
  }
}
