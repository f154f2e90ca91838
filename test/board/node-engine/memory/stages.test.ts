import assert from "node:assert/strict";
import { test } from "node:test";
import { TLS_LAYOUT_NAMES, type TlsLayoutName } from "../../../../scripts/board/node-engine/memory/layouts/layout.ts";
import { createAuthority, issueCertificate } from "../../../../scripts/cloud/certificate-authority.ts";
import { type Gate, startServer, type TestServer } from "./handshake-server.ts";
import type { Pokes } from "./poked-connection.ts";
import { startTlsBoard, type TlsBoard } from "./tls-board.ts";

const LONG_NAME = "a-name-of-more-than-seventeen-characters.example";
const REBOOTED = "virtual board, no hardware";

const authority = await createAuthority();
const identity = await issueCertificate(authority, { names: [LONG_NAME, "localhost"] });

/** mbedTLS's state while the handshake stands still there. */
const STAGES: { stage: string; gate: Gate; state: number }[] = [
  { stage: "before the server's flight", gate: "before the server's flight", state: 2 },
  { stage: "after the server's certificate", gate: "before the client's second flight", state: 12 },
  { stage: "after the handshake", gate: "open", state: 16 },
];

const POKES: [what: string, pokes: Pokes][] = [
  ["untouched", {}],
  ["with a swapped name", { mode: 2, longName: LONG_NAME, reseed: true }],
  ["without a name", { mode: 2, noName: true }],
];

/** What ends a connection, and what the board then prints. */
const ENDINGS: [what: string, end: (board: TlsBoard, server: TestServer) => void, printed: RegExp][] = [
  ["reset()", (board) => board.type("\x10reset()\n"), /virtual board, no hardware[^>]*>/],
  ["load()", (board) => board.type("\x10load()\nprint('loaded')\n"), /loaded/],
  ["end()", (board) => board.type("\x10g.s.end()\n"), /CLOSE \w+/],
  ["a dropped connection", (_board, server) => server.dropAll(), /CLOSE \w+/],
];

/** The others differ in offsets, which other tests look at: the software AES of the ESP32, and the hardware AES of the C3. */
const SHORT_RUN: readonly TlsLayoutName[] = ["2.16.12", "hardware-aes"];

for (const name of process.env["TEST_LONG"] ? TLS_LAYOUT_NAMES : SHORT_RUN) {
  test(`every block has one owner with ${name}`, async (suite) => {
    const board = await startTlsBoard(suite, name);
    const freeHeap = await board.freeHeap();

    async function assertSoundHeap(): Promise<void> {
      assert.deepEqual(board.engine.heapFaults, []);
      assert.equal(await board.freeHeap(), freeHeap);
    }

    for (const [what, pokes] of POKES) {
      for (const { stage, gate, state } of STAGES) {
        for (const [ending, end, printed] of ENDINGS) {
          await suite.test(`${ending} ${stage}, ${what}`, async (context) => {
            const server = await startServer(context, identity, { gate });
            await board.connect({ port: server.port, ca: authority.der, pokes });
            await board.untilState(state);
            assert.ok((await board.freeHeap()) < freeHeap, "the connection takes heap");
            end(board, server);
            await board.until(printed);
            await assertSoundHeap();
          });
        }
      }
      for (const ending of ["reset()", "load()", "E.reboot()"]) {
        await suite.test(`${ending} before the handshake, ${what}`, async (context) => {
          const server = await startServer(context, identity);
          await board.connect({ port: server.port, ca: authority.der, pokes: { ...pokes, code: `print("BEGUN");${ending}` } });
          await assertSoundHeap();
          if (ending === "E.reboot()") await board.joinNetwork();
        });
      }
    }

    await suite.test("a setup that fails gives everything back", async () => {
      const printed = await board.run("try{require('tls').connect({host:'127.0.0.1',port:1})}catch(e){print(e.message)}");
      assert.match(printed, /Unable to create socket/);
      await assertSoundHeap();
    });
  });

  test(`planted faults crash the board with ${name}`, async (suite) => {
    const board = await startTlsBoard(suite, name);
    const { context: at, caCertificate, certificate } = board.layout;
    const hostName = `a+${at.offset + at.hostName}`;
    const raw = `a+${caCertificate + certificate.raw}`;
    const plants: [what: string, code: string, kinds: string[], owner: RegExp][] = [
      ["two owners", `poke32(${hostName},peek32(${raw}+8))`, ["double free", "leak"], /^raw bytes of CA of TLS socket/],
      ["a pointer into a block", `poke32(${hostName},peek32(${hostName})+4)`, ["foreign free", "leak"], /^host name of TLS socket/],
      ["a lost block", `poke32(${hostName},0)`, ["leak"], /^host name of TLS socket/],
      ["a length that is too great", `poke32(${raw}+4,100000)`, ["overrun"], /^raw bytes of CA of TLS socket/],
    ];
    for (const [what, code, kinds, owner] of plants) {
      await suite.test(what, async (context) => {
        const server = await startServer(context, identity, { gate: "before the server's flight" });
        const before = board.engine.heapFaults.length;
        await board.connect({ port: server.port, ca: authority.der, pokes: { code } });
        await board.untilState(2);
        server.dropAll();
        const printed = await board.until(new RegExp(`CORRUPT HEAP: ${kinds[0]}: [^]*${REBOOTED}[^>]*>`));
        assert.match(printed, /abort\(\) was called on core 0\r\n\r\nRebooting\.\.\./);
        const faults = board.engine.heapFaults.slice(before);
        assert.deepEqual(faults.map(({ kind }) => kind), kinds);
        assert.match(faults[0]!.owner, owner);
        await board.joinNetwork();
      });
    }

    await suite.test("a fault that a reset finds", async (context) => {
      const server = await startServer(context, identity, { gate: "before the server's flight" });
      await board.connect({ port: server.port, ca: authority.der, pokes: { code: `poke32(${hostName},0)` } });
      board.type("\x10reset()\n");
      await board.until(new RegExp(`CORRUPT HEAP: leak: [^]*${REBOOTED}[^>]*>`));
      await board.joinNetwork();
    });

    await suite.test("a pointer out of RAM", async (context) => {
      const server = await startServer(context, identity, { gate: "before the server's flight" });
      await board.connect({ port: server.port, ca: authority.der });
      await board.untilState(2);
      await board.run(`poke32(g.${hostName},16)`);
      server.dropAll();
      const printed = await board.until(new RegExp(`${REBOOTED}[^>]*>`));
      assert.ok(printed.includes(`Guru Meditation Error: Core  0 panic'ed (${board.layout.chip.causes.load})`), printed);
    });
  });
}
