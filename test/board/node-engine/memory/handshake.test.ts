import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { TLS_LAYOUT_NAMES } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { createAuthority, issueCertificate, selfSignedCertificate } from "../../../../scripts/cloud/certificate-authority.ts";
import { startServer, type TestServer } from "./handshake-server.ts";
import { startTlsBoard, type TlsBoard } from "./tls-board.ts";

const LONG_NAME = "a-name-of-more-than-seventeen-characters.example";
const REFUSED = 'EXCEPTION "mbedtls_ssl_handshake returned -0x2700"';
const BAD_CERTIFICATE = "alert 42";
const UNKNOWN_CA = "alert 48";
const TLS_1_2 = 3;

const authority = await createAuthority("the right authority");
const stranger = await createAuthority("another authority");
const namesake = await createAuthority("the right authority");
const intermediate = await issueCertificate(authority, { commonName: "an intermediate authority", isAuthority: true });
const identity = await issueCertificate(authority, { names: ["localhost", LONG_NAME], notAfter: new Date(Date.now() - 1000) });

interface Setting {
  board: TlsBoard;
  server: TestServer;
  /** Free heap before the connection. */
  freeHeap: number;
}

async function start(context: TestContext, board: TlsBoard, of = identity, tls = {}): Promise<Setting> {
  const server = await startServer(context, of, { tls });
  return { board, server, freeHeap: await board.freeHeap() };
}

/** Every block has been freed once. */
async function assertSoundHeap({ board, freeHeap }: Setting): Promise<void> {
  assert.deepEqual(board.engine.heapFaults, []);
  assert.equal(await board.freeHeap(), freeHeap);
}

/** mbedTLS 2.1 only closes. */
async function assertAlert({ board, server }: Setting, alert: string): Promise<void> {
  await server.saw(/^error/);
  assert.deepEqual(server.seen.filter((line) => line.startsWith("alert")), board.layout.sendsVerifyAlert ? [alert] : []);
}

function assertNothingSent({ server }: Setting): void {
  assert.ok(!server.seen.some((line) => line.startsWith("data")), server.seen.join());
}

for (const name of TLS_LAYOUT_NAMES) {
  test(`handshakes with ${name}`, async (suite) => {
    const board = await startTlsBoard(suite, name);

    await suite.test("untouched: the stock name, no verification, the stock seed", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const printed = await board.connectUntilClosed({ port: server.port, ca: stranger.der, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      assert.deepEqual(server.seen.slice(0, 2), ["SNI mbed TLS Server 1", "secure TLSv1.2"]);
      const handshake = board.engine.tlsHandshakes.at(-1);
      const { sni, authMode, minVersion, stockSeed } = handshake!;
      assert.deepEqual([sni, authMode, minVersion, stockSeed], ["mbed TLS Server 1", 0, "3.1", true]);
      await assertSoundHeap(setting);
    });

    await suite.test("a name that fits, the right CA, required: accepted, although the certificate has expired", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, minMinorVersion: TLS_1_2, name: "localhost", reseed: true };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      assert.equal(server.seen[0], "SNI localhost");
      const handshake = board.engine.tlsHandshakes.at(-1);
      assert.deepEqual([handshake!.authMode, handshake!.minVersion, handshake!.stockSeed], [2, "3.3", false]);
      await assertSoundHeap(setting);
    });

    await suite.test("a long name in the CA's own buffer: accepted, and verified as the same CA", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, longName: LONG_NAME };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      assert.equal(server.seen[0], `SNI ${LONG_NAME}`);
      await assertSoundHeap(setting);
    });

    await suite.test("a name that reaches into the CA's subject: refused", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, longName: `${"a".repeat(250)}.example` };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, new RegExp(REFUSED));
      assertNothingSent(setting);
      await assertSoundHeap(setting);
    });

    await suite.test("another CA: refused inside the handshake", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, longName: LONG_NAME };
      const printed = await board.connectUntilClosed({ port: server.port, ca: stranger.der, pokes, request: "hi" });
      assert.match(printed, new RegExp(REFUSED));
      assert.match(printed, /CLOSE false/);
      await assertAlert(setting, UNKNOWN_CA);
      assert.ok(!server.seen.some((line) => line.startsWith("secure")));
      assertNothingSent(setting);
      await assertSoundHeap(setting);
    });

    await suite.test("a CA of the same name with another key: refused", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const printed = await board.connectUntilClosed({ port: server.port, ca: namesake.der, pokes: { mode: 2, name: "localhost" } });
      assert.match(printed, new RegExp(REFUSED));
      await assertSoundHeap(setting);
    });

    await suite.test("no CA at all: refused", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const printed = await board.connectUntilClosed({ port: server.port, pokes: { mode: 2, name: "localhost" } });
      assert.match(printed, new RegExp(REFUSED));
      await assertSoundHeap(setting);
    });

    await suite.test("a name that the certificate does not have: refused", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, name: "other.example" };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, new RegExp(REFUSED));
      await assertAlert(setting, BAD_CERTIFICATE);
      assertNothingSent(setting);
      await assertSoundHeap(setting);
    });

    await suite.test("optional: the handshake ends, then the firmware says what was wrong and sends nothing", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 1, name: "other.example", code: "s.write('too early')" };
      const printed = await board.connectUntilClosed({ port: server.port, ca: stranger.der, pokes, request: "hi" });
      const reasons = [
        "  ! The certificate Common Name (CN) does not match with the expected CN\n",
        "  ! The certificate is not correctly signed by the trusted CA\n",
      ];
      assert.ok(printed.includes(`EXCEPTION ${JSON.stringify(`mbedtls_x509_crt_verify: ${reasons.join("")}`)}`), printed);
      await server.saw(/^secure/);
      assertNothingSent(setting);
      await assertSoundHeap(setting);
    });

    await suite.test("no name: no SNI, and only the chain is checked", async (context) => {
      const setting = await start(context, board);
      const { server } = setting;
      const pokes = { mode: 2, noName: true };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      assert.equal(server.seen[0], "SNI false");
      assert.equal(board.engine.tlsHandshakes.at(-1)!.sni, undefined);
      await assertSoundHeap(setting);
    });

    await suite.test("a version below the least: refused", async (context) => {
      const tls = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" };
      const setting = await start(context, board, identity, tls);
      const { server } = setting;
      const stock = await board.connectUntilClosed({ port: server.port, ca: authority.der, request: "hi" });
      assert.match(stock, /DATA re:hi/);
      const pokes = { minMinorVersion: TLS_1_2 };
      const printed = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes });
      assert.match(printed, /EXCEPTION "mbedtls_ssl_handshake returned -0x(6E80|7780)"/);
      await assertSoundHeap(setting);
    });

    await suite.test("an intermediate certificate that the server sends: accepted; it may not issue if it is no authority", async (context) => {
      const below = await issueCertificate(intermediate, { names: ["localhost"] });
      const forged = await issueCertificate(identity, { names: ["localhost"] });
      const setting = await start(context, board, below);
      const pokes = { mode: 2, name: "localhost" };
      const printed = await board.connectUntilClosed({ port: setting.server.port, ca: authority.der, pokes, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      const server = await startServer(context, forged);
      const refused = await board.connectUntilClosed({ port: server.port, ca: authority.der, pokes });
      assert.match(refused, new RegExp(REFUSED));
      await assertSoundHeap(setting);
    });

    await suite.test("a self-signed certificate as its own CA: accepted, unless its raw buffer was given away", async (context) => {
      const own = await selfSignedCertificate({ names: ["localhost", LONG_NAME] });
      const setting = await start(context, board, own);
      const { server } = setting;
      const inPlace = await board.connectUntilClosed({ port: server.port, ca: own.der, pokes: { mode: 2, name: "localhost" }, request: "hi" });
      assert.match(inPlace, /DATA re:hi/);
      const swapped = await board.connectUntilClosed({ port: server.port, ca: own.der, pokes: { mode: 2, longName: LONG_NAME } });
      assert.match(swapped, new RegExp(REFUSED));
      await assertSoundHeap(setting);
    });

    await suite.test("a client certificate is sent, long name or not", async (context) => {
      const client = await issueCertificate(authority, { names: ["board.example"], usage: "client" });
      const setting = await start(context, board, identity, { requestCert: true, rejectUnauthorized: false });
      const { server } = setting;
      const key = Buffer.from(client.keyPem.replace(/-----[^-]+-----|\s/g, ""), "base64");
      const material = { ca: authority.der, certificate: client.der, key };
      const pokes = { mode: 2, longName: LONG_NAME };
      const printed = await board.connectUntilClosed({ port: server.port, ...material, pokes, request: "hi" });
      assert.match(printed, /DATA re:hi/);
      assert.equal(server.seen[1], "secure TLSv1.2 with client certificate");
      await assertSoundHeap(setting);
    });
  });
}
