import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { installNetworkHost, type NetworkWorld } from "../../../scripts/board/node-engine/network-host.ts";
import type { SocketMessage, WifiMessage } from "../../../scripts/board/node-engine/network-host/messages.ts";
import type { HostSide } from "../../../scripts/board/node-engine/runtime.ts";
import { startTcp } from "./firmware/scenario-servers.ts";

const ACCESS_POINT = { ssid: "ap", password: "secret" };

type Posted = WifiMessage | SocketMessage;

/** The worker's side of the line, played by the test. */
class Line implements HostSide {
  readonly posted: Posted[] = [];
  readonly #handlers = new Map<string, (args: unknown) => unknown>();
  readonly #checks = new Set<() => void>();
  #reset: () => void = () => {};

  handle(method: string, handler: (args: unknown) => unknown): void {
    this.#handlers.set(method, handler);
  }

  post(_channel: string, message: unknown): void {
    this.posted.push(message as Posted);
    for (const check of this.#checks) check();
  }

  onReset(listener: () => void): void {
    this.#reset = listener;
  }

  call(method: string, args?: unknown): unknown {
    return this.#handlers.get(method)?.(args);
  }

  reset(): void {
    this.#reset();
  }

  /** Resolves with the first message of a kind that comes after the call. */
  next(kind: Posted["kind"]): Promise<Posted> {
    const seen = this.posted.length;
    return new Promise((resolve) => {
      const check = (): void => {
        const message = this.posted.slice(seen).find((posted) => posted.kind === kind);
        if (message === undefined) return;
        this.#checks.delete(check);
        resolve(message);
      };
      this.#checks.add(check);
    });
  }

  kinds(): string[] {
    return this.posted.splice(0).map((posted) => posted.kind);
  }
}

function install(world: Partial<NetworkWorld> = {}): { line: Line; network: ReturnType<typeof installNetworkHost> } {
  const line = new Line();
  return { line, network: installNetworkHost(line, { accessPoint: ACCESS_POINT, hosts: {}, ...world }) };
}

async function join(line: Line): Promise<void> {
  const joined = line.next("got-address");
  line.call("wifi.connect", ACCESS_POINT);
  await joined;
}

test("the first two losses of the link are silent, the third ends it for good", async () => {
  const { line, network } = install();
  await join(line);
  line.kinds();
  for (let loss = 0; loss < 2; loss++) {
    const back = line.next("got-address");
    network.setLink(false);
    network.setLink(true);
    await back;
    assert.deepEqual(line.kinds(), ["associated", "got-address"]);
  }
  network.setLink(false);
  assert.deepEqual(line.kinds(), ["disconnected"]);
  network.stop();
});

test("a link that stays away is given up after two retries, with the reason of the last", async () => {
  const { line, network } = install();
  await join(line);
  const lost = line.next("disconnected");
  network.setLink(false);
  assert.deepEqual(await lost, { kind: "disconnected", ssid: "ap", reason: 201 });
  network.stop();
});

test("an access point without DHCP associates and then says nothing", async () => {
  const { line, network } = install({ accessPoint: { ...ACCESS_POINT, dhcp: false } });
  const associated = line.next("associated");
  line.call("wifi.connect", ACCESS_POINT);
  await associated;
  assert.equal(await line.call("tcp.connect", { handle: 1, address: "127.0.0.1", port: 1, secure: false }), 113);
  assert.equal(line.posted.some(({ kind }) => kind === "got-address"), false);
  network.stop();
});

test("with the link down a socket is silent in both directions, and goes on when it is back", async () => {
  const server = await startTcp((socket, note) => {
    socket.on("data", (bytes) => {
      note(String(bytes));
      socket.write("answer");
    });
  });
  const { line, network } = install();
  await join(line);
  const request = { handle: 7, address: "127.0.0.1", port: server.port, secure: false };
  assert.equal(await line.call("tcp.connect", request), 0);
  network.setLink(false);
  line.call("tcp.send", { handle: 7, bytes: Buffer.from("held") });
  // A second connection, past the board: when its byte has been there, the held one would have been too.
  const probe = connect(server.port, "127.0.0.1", () => probe.write("probe"));
  await server.saw("probe");
  assert.deepEqual(server.seen, ["probe"]);
  const data = line.next("data");
  network.setLink(true);
  await server.saw("held");
  assert.equal(String((await data as { bytes: Uint8Array }).bytes), "answer");
  probe.destroy();
  network.stop();
  await server.close();
});

test("a reset of the interpreter closes every socket and keeps the link", async () => {
  const server = await startTcp((socket, note) => void socket.resume().on("end", () => note("closed")));
  const { line, network } = install();
  await join(line);
  await line.call("tcp.connect", { handle: 1, address: "127.0.0.1", port: server.port, secure: false });
  await line.call("udp.open", { handle: 2, port: 0, reuseAddress: false });
  assert.equal(network.openSockets(), 2);
  line.reset();
  await server.saw("closed");
  assert.equal(network.openSockets(), 0);
  assert.notEqual((line.call("wifi.snapshot") as { address?: object }).address, undefined);
  network.stop();
  await server.close();
});

test("a peer that is not read is held back after one window", async () => {
  const server = await startTcp((socket) => void socket.write(Buffer.alloc(1024 * 1024)));
  const { line, network } = install();
  await join(line);
  const data = line.next("data");
  await line.call("tcp.connect", { handle: 1, address: "127.0.0.1", port: server.port, secure: false });
  await data;
  await new Promise((resolve) => setImmediate(resolve));
  const received = line.posted.flatMap((message) => (message.kind === "data" ? [message.bytes.length] : []));
  const total = received.reduce((sum, length) => sum + length, 0);
  assert.ok(total <= 5744 + 65536, `${total} bytes without a read`);
  network.stop();
  await server.close();
});
