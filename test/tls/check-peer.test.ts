// What is checked of a server once the handshake is over, on the memory that real interpreters had then.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { GENERATIONS, readFirmwareHeap, type FirmwareHeap, type Generation } from "./firmware-fixture.ts";
import { buildGuard, errorOf, GuardBoard, type Demands } from "./guard-on-memory.ts";

const OTHER_PIN = "ab".repeat(32);
const DAY_S = 24 * 60 * 60;

let built: Awaited<ReturnType<typeof buildGuard>>;

before(async () => {
  built = await buildGuard();
});
after(() => built.remove());

function certificateIn({ peerCertificateAddresses, heapStart, bytes }: FirmwareHeap): X509Certificate {
  const start = peerCertificateAddresses[0]! - heapStart;
  return new X509Certificate(bytes.subarray(start, start + 4 + bytes.readUInt16BE(start + 2)));
}

interface Visit {
  host?: string;
  demands?: Partial<Demands>;
  /** Counted from the certificate's first day, and from its last one. */
  afterStartS?: number;
  afterEndS?: number;
  stage?: "before" | "after";
}

/** Hardens a connection, and checks it on the memory of the stage: gives the report, or the error's code. */
async function check(generation: Generation, { host, demands = {}, afterStartS = DAY_S, afterEndS, stage = "after" }: Visit): Promise<{ code?: string | undefined; report?: object }> {
  const heap = readFirmwareHeap(generation, "after");
  const certificate = certificateIn(heap);
  const board = await GuardBoard.load(built.bundle.plain);
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

    test("no pin that fits", async () => {
      assert.equal((await check(generation, { demands: { pins: [OTHER_PIN] } })).code, "E_PIN_MISMATCH");
    });

    test("a handshake that is not over", async () => {
      assert.equal((await check(generation, { stage: "before" })).code, "E_TLS_LAYOUT");
    });
  });
}
