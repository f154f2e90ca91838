// That preflight's verdict is what then happens on a board: both meet the same servers.
import assert from "node:assert/strict";
import net from "node:net";
import { after, before, describe, test } from "node:test";
import type { TlsLayoutName } from "../../scripts/board/node-engine/memory/layouts/layout.ts";
import { RootStore } from "../../scripts/certificates/root-store.ts";
import { listenOnLoopback, type LoopbackServer } from "../../scripts/cloud/loopback.ts";
import { peekClientHello } from "../../scripts/cloud/peek-client-hello.ts";
import { BOARDS, OFFERS, type Board } from "../../scripts/preflight/boards.ts";
import { preflight } from "../../scripts/preflight/preflight.ts";
import type { PreflightReport } from "../../scripts/preflight/report.ts";
import { buildPrograms, DeviceBoard, type BoardSetup, type Target } from "../device/board-run.ts";
import { ask } from "../device/outcome.ts";
import { HOST, makeCases, type Case } from "./servers.ts";

const PORT = 443;
/** Longer than a slow interpreter's handshake on a busy computer. */
const PATIENCE_MS = 8_000;
const SHORT_MS = 300;
const NODE: Target = { engine: "node", form: "minified", skip: false };
const REAL: Target = { engine: "espruino", form: "minified", skip: process.env["ESPRUINO_BIN"] ? false : "ESPRUINO_BIN is not set" };

const { cases: allCases, pki } = await makeCases();
const cases = allCases.filter(({ isLong }) => process.env["TEST_LONG"] || !isLong);
const roots = new RootStore(pki.roots.map(({ der }) => der));

let programs: Awaited<ReturnType<typeof buildPrograms>>;
before(async () => { programs = await buildPrograms("requester"); });

async function startBoard(target: Target, setup: BoardSetup): Promise<DeviceBoard> {
  const board = await DeviceBoard.start(target, setup);
  await board.load(programs.bundles["requester"]!, target.form);
  await board.call("setNow", Date.now() / 1_000);
  return board;
}

function examine({ host = HOST, path = "/", withClientCertificate, isSlow }: Case, server: LoopbackServer, board: Board): Promise<PreflightReport> {
  const { client } = pki;
  return preflight(`https://${host}${path}`, {
    board, roots, certsFiles: [], now: new Date(),
    timeoutMs: isSlow === "handshake" ? SHORT_MS : PATIENCE_MS,
    answerTimeoutMs: isSlow === "answer" ? SHORT_MS : PATIENCE_MS,
    connectTo: { host: "127.0.0.1", port: server.port },
    ...(withClientCertificate ? { clientCertificate: { cert: client.pem, key: client.keyPem } } : {}),
  });
}

/** How a board's request ends: "works", or the code. */
async function request(board: DeviceBoard, each: Case, server: LoopbackServer, more: { ca?: Buffer; isStock?: boolean }): Promise<string> {
  const { host = HOST, path = "/", isSlow, withClientCertificate } = each;
  const [handshakeMs, answerMs] = [isSlow === "handshake" ? SHORT_MS : PATIENCE_MS, isSlow === "answer" ? SHORT_MS : PATIENCE_MS];
  const own = withClientCertificate && !more.isStock ? { cert: pki.client.der, key: derOf(pki.client.keyPem) } : {};
  const der: Record<string, Buffer | undefined> = more.isStock ? {} : { ca: more.ca, ...own };
  const { error } = await ask(board, {
    options: {
      host, port: PORT, path,
      settings: { connectTo: { [`${host}:${PORT}`]: server.address }, ...(board.ram ? { ram: board.ram } : {}) },
      deadlines: { handshakeMs, firstByteMs: answerMs, idleMs: answerMs },
      ...(more.isStock ? { verify: "none" } : {}),
    },
    base64: Object.fromEntries(Object.entries(der).map(([name, bytes]) => [name, bytes!.toString("base64")])),
  } as Parameters<typeof ask>[1]);
  return error?.code ?? "works";
}

function derOf(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

/** What a program for this server would embed: what preflight says, else the root that is meant. */
function anchorOf(report: PreflightReport): Buffer {
  return (pki.authorities.find(({ sha256 }) => sha256 === report.root?.sha256) ?? pki.root).der;
}

async function compare(board: DeviceBoard, each: Case, kind: Board, check: (report: PreflightReport) => void = () => undefined): Promise<void> {
  const server = await each.start();
  try {
    const report = await examine(each, server, kind);
    check(report);
    assert.equal(await request(board, each, server, { ca: anchorOf(report) }), report.project.code ?? "works", `this project: ${report.project.text}`);
    if (each.isAboutHttp) return;
    assert.equal(await request(board, each, server, { isStock: true }), report.stock.code ?? "works", `stock: ${report.stock.text}`);
  } finally {
    await server.stop();
  }
}

const KINDS: { kind: Board; tlsLayout: TlsLayoutName; chosen: (each: Case) => boolean }[] = [
  { kind: BOARDS.ESP32, tlsLayout: "2.16.12", chosen: () => true },
  { kind: BOARDS.ESP32S3, tlsLayout: "hardware-aes", chosen: ({ name, latest }) => latest !== undefined || (process.env["TEST_LONG"] !== undefined && / only$/.test(name)) },
];

for (const { kind, tlsLayout, chosen } of KINDS) {
  describe(`the verdict for ${kind.title}, and a virtual one`, () => {
    let board: DeviceBoard;
    before(async () => { board = await startBoard(NODE, { tlsLayout }); });
    after(() => board.stop());

    for (const each of cases.filter(chosen)) {
      test(each.name, () => compare(board, each, kind, ({ stock, project }) => {
        const latest = kind.name === "ESP32" ? undefined : each.latest;
        assert.deepEqual([stock.code ?? "works", project.code ?? "works"], [latest ?? each.stock, latest ?? each.project], project.text);
      }));
    }
  });
}

test("the verdict, and a real interpreter", { skip: REAL.skip }, async (context) => {
  const { SKIP_WITHOUT_RAM } = await import("../tls/real-interpreter.ts");
  if (SKIP_WITHOUT_RAM) return context.skip(SKIP_WITHOUT_RAM);
  const board = await startBoard(REAL, {});
  try {
    const kind = await kindOf(board);
    for (const each of cases.filter(({ isNotForEveryInterpreter }) => !isNotForEveryInterpreter)) {
      await context.test(each.name, () => compare(board, each, kind));
    }
  } finally {
    await board.stop();
  }
});

/** Which of the known ClientHellos an interpreter sends. */
async function kindOf(board: DeviceBoard): Promise<Board> {
  let hello: Awaited<ReturnType<typeof peekClientHello>>;
  const server = await listenOnLoopback(net.createServer((socket) => void peekClientHello(socket).then((found) => {
    hello = found;
    socket.destroy();
  })));
  await request(board, { name: "", start: () => Promise.reject(new Error()), stock: "", project: "" }, server, { isStock: true });
  await server.stop();
  const hasCurves = hello!.supportedGroups.length > 0;
  return { ...BOARDS.ESP32S3, offer: hasCurves ? OFFERS["2.28"] : OFFERS["2.1.1"], stockServerName: hello!.serverName ?? false };
}
