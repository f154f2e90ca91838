// That a visit offers what the firmware does: node:tls told by boards.ts, a ClientHello recorded from a real interpreter, and the one at hand.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cipherSuiteName } from "../../scripts/cloud/cipher-suite-names.ts";
import type { ClientHello } from "../../scripts/cloud/client-hello.ts";
import { listenOnLoopback } from "../../scripts/cloud/loopback.ts";
import { peekClientHello } from "../../scripts/cloud/peek-client-hello.ts";
import { BOARDS, OFFERS, STOCK_SERVER_NAME, tlsOptions, type TlsOffer } from "../../scripts/preflight/boards.ts";
import { visit } from "../../scripts/preflight/visit.ts";

/** From Espruino 2v29 for Linux with mbedTLS 2.28.3 and the options of targets/esp32/IDF4/sdkconfig, on 2026-11-22. */
const RECORDED = {
  groups: [25, 28, 24, 27, 23, 22, 26, 21, 20, 19, 18, 29],
  signatures: [0x603, 0x601, 0x503, 0x501, 0x403, 0x401, 0x303, 0x301],
};
/** mbedTLS puts it last, OpenSSL behind the suites too; it is no suite. */
const RENEGOTIATION_MARK = 0xff;
const STATIC_ECDH = /^TLS_ECDH_/;
const BINARY = process.env["ESPRUINO_BIN"];

function suitesOf({ cipherSuites }: ClientHello): string[] {
  return cipherSuites.filter((each) => each !== RENEGOTIATION_MARK).map((each) => cipherSuiteName(each) ?? String(each));
}

/** The ClientHello of whoever connects. */
async function helloOf(connect: (port: number) => void): Promise<ClientHello> {
  const listener = net.createServer();
  const server = await listenOnLoopback(listener);
  const connection = once(listener, "connection") as Promise<[net.Socket]>;
  connect(server.port);
  const hello = await peekClientHello((await connection)[0]);
  await server.stop();
  assert.ok(hello);
  return hello;
}

function ours(offer: TlsOffer, serverName: string | false): Promise<ClientHello> {
  return helloOf((port) => void visit({ address: "127.0.0.1", port, serverName, tls: tlsOptions(offer), timeoutMs: 2_000 }));
}

test("the offer for mbedTLS 2.28 is the one that was recorded", async () => {
  const hello = await ours(OFFERS["2.28"], STOCK_SERVER_NAME);
  assert.deepEqual([hello.version, hello.supportedVersions, hello.serverName], [0x303, [], STOCK_SERVER_NAME]);
  assert.deepEqual(hello.supportedGroups, RECORDED.groups);
  assert.deepEqual(hello.signatureAlgorithms, RECORDED.signatures);
});

test("boards without X25519, without a name, and without curves offer none", async () => {
  const [older, bundled] = await Promise.all([ours(OFFERS["2.16"], "some.example"), ours(BOARDS.PICO.offer, BOARDS.PICO.stockServerName)]);
  assert.deepEqual([older.supportedGroups, older.serverName], [RECORDED.groups.slice(0, -1), "some.example"]);
  assert.deepEqual([bundled.supportedGroups, bundled.serverName, bundled.signatureAlgorithms], [[], undefined, [0x401, 0x301, 0x201]]);
  assert.ok(suitesOf(bundled).every((name) => /^TLS_(DHE_)?RSA_WITH_AES_\d+_(CBC|GCM)_SHA(256)?$/.test(name)), suitesOf(bundled).join());
});

test("a real interpreter offers what is known of it", { skip: BINARY ? false : "ESPRUINO_BIN is not set" }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "espruino-https-hello-"));
  const started: ReturnType<typeof spawn>[] = [];
  const theirs = await helloOf((port) => {
    const code = `require("tls").connect({host:"127.0.0.1",port:${port}},function(){})`;
    started.push(spawn(BINARY!, ["-e", code], { cwd: folder, stdio: "ignore" }));
  });
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
  const hasCurves = theirs.supportedGroups.length > 0;
  const own = await ours(hasCurves ? OFFERS["2.28"] : OFFERS["2.1.1"], theirs.serverName ?? false);
  const known = (hello: ClientHello): string[] => suitesOf(hello).filter((name) => !STATIC_ECDH.test(name) && (hasCurves || !/_CCM/.test(name)));
  assert.deepEqual(known(own), known(theirs));
  assert.deepEqual([own.supportedGroups, own.version], [theirs.supportedGroups, theirs.version]);
  if (hasCurves) assert.deepEqual(theirs.signatureAlgorithms, RECORDED.signatures);
});
