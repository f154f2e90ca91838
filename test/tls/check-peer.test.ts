// What is checked of a server once the handshake is over, on the memory that real interpreters had then.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, describe, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { GENERATIONS, readFirmwareHeap, type FirmwareHeap, type Generation } from "./firmware-fixture.ts";
import { buildGuard, errorOf, GuardBoard, type Demands } from "./guard-on-memory.ts";

const OTHER_PIN = "ab".repeat(32);
const ADDRESS = "192.0.2.7";
/** Tag and length, and the address. */
const ADDRESS_ENTRY_BYTES = 6;
/** The extension's identifier, 2.5.29.17 (RFC 5280 4.2.1.6). */
const ALTERNATIVE_NAMES = Buffer.from([0x55, 0x1d, 0x11]);
const DAY_S = 24 * 60 * 60;

let built: Awaited<ReturnType<typeof buildGuard>>;

before(async () => {
  built = await buildGuard();
});

function derIn({ peerCertificateAddresses, heapStart, bytes }: FirmwareHeap): Buffer {
  const start = peerCertificateAddresses[0]! - heapStart;
  return bytes.subarray(start, start + 4 + bytes.readUInt16BE(start + 2));
}

function certificateIn(heap: FirmwareHeap): X509Certificate {
  return new X509Certificate(derIn(heap));
}

interface Visit {
  host?: string;
  demands?: Partial<Demands>;
  /** Counted from the certificate's first day, and from its last one. */
  afterStartS?: number;
  afterEndS?: number;
  stage?: "before" | "after";
  /** Changes the server's certificate, as DER and in place. */
  change?: (der: Buffer) => void;
}

/** Hardens a connection, and checks it on the memory of the stage: gives the report, or the error's code. */
async function check(generation: Generation, { host, demands = {}, afterStartS = DAY_S, afterEndS, stage = "after", change = () => undefined }: Visit): Promise<{ code?: string | undefined; report?: object }> {
  const heap = readFirmwareHeap(generation, "after");
  const certificate = certificateIn(heap);
  change(derIn(heap));
  const board = await GuardBoard.load(built.bundle.counted);
  board.memory = new BoardMemory(readFirmwareHeap(generation, "before"));
  // The two heaps were taken in two runs, whose memory was not at the same place.
  const { start, end } = new BoardMemory(heap);
  const guard = board.guard.plan({ ca: "DER", ...demands, settings: { ram: [...board.ram, start, end] } }, host ?? hostOf(certificate));
  const socket = board.socket;
  board.guard.harden(guard, socket);
  board.memory = new BoardMemory(stage === "after" ? heap : readFirmwareHeap(generation, "before"));
  board.timeS = afterEndS === undefined ? Date.parse(certificate.validFrom) / 1000 + afterStartS : Date.parse(certificate.validTo) / 1000 + afterEndS;
  let report: object | undefined;
  const error = errorOf(() => (report = board.guard.checkPeer(guard, board.socket)));
  assert.deepEqual(board.memory.writes, []);
  return error ? { code: error.code } : { report: report! };
}

function hostOf({ subjectAltName }: X509Certificate): string {
  return /DNS:([^,]*)/.exec(subjectAltName!)![1]!;
}

/** Makes another extension of the alternative names. */
function hideNames(der: Buffer): void {
  der[der.indexOf(ALTERNATIVE_NAMES) + 2] = 0x7f;
}

/** Makes an address of the first bytes of a DNS name, and a shorter name of the rest. */
function nameAddress(der: Buffer, host: string): void {
  const at = der.indexOf(Buffer.from(host), der.indexOf(ALTERNATIVE_NAMES)) - 2;
  const rest = Buffer.from(host.slice(0, -ADDRESS_ENTRY_BYTES));
  Buffer.from([0x87, 4, ...ADDRESS.split(".").map(Number), 0x82, rest.length, ...rest]).copy(der, at);
}

for (const generation of GENERATIONS) {
  describe(generation, () => {
    const certificate = certificateIn(readFirmwareHeap(generation, "after"));

    test("the certificate's own host, by a CA, by a pin, and by both", async () => {
      const pins = [OTHER_PIN, certificate.fingerprint256];
      for (const [demands, verified] of [[{}, "ca"], [{ ca: undefined, pins }, "pin"], [{ pins }, "ca, pin"]] as const) {
        const { report } = await check(generation, { demands: demands as Partial<Demands> });
        assert.equal((report as { verified: string }).verified, verified);
      }
    });

    test("another host, and an address", async () => {
      assert.equal((await check(generation, { host: "another.example" })).code, "E_WRONG_HOST");
      assert.equal((await check(generation, { host: "203.0.113.9" })).code, "E_WRONG_HOST");
    });

    test("too early by a second, and too late by one", async () => {
      assert.equal((await check(generation, { afterStartS: -1 })).code, "E_CERT_NOT_YET_VALID");
      assert.equal((await check(generation, { afterEndS: 1 })).code, "E_CERT_EXPIRED");
      assert.equal((await check(generation, { afterEndS: 0 })).code, undefined);
    });

    test("a certificate without alternative names", async () => {
      assert.equal((await check(generation, { change: hideNames })).code, "E_CERT_NO_NAMES");
    });

    test("an address that the certificate has", async () => {
      const { report } = await check(generation, { host: ADDRESS, change: (der) => nameAddress(der, hostOf(certificate)) });
      assert.equal((report as { sni: string }).sni, "");
    });

    test("no pin that fits", async () => {
      assert.equal((await check(generation, { demands: { pins: [OTHER_PIN] } })).code, "E_PIN_MISMATCH");
    });

    test("a handshake that is not over", async () => {
      assert.equal((await check(generation, { stage: "before" })).code, "E_TLS_LAYOUT");
    });
  });
}
