import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { before, test } from "node:test";
import { BoardMemory } from "./board-memory.ts";
import { GENERATIONS, readFirmwareHeap, type FirmwareHeap, type Generation } from "./firmware-fixture.ts";
import { buildGuard, errorOf, GuardBoard, type Layout } from "./guard-on-memory.ts";

let built: Awaited<ReturnType<typeof buildGuard>>;

before(async () => {
  built = await buildGuard();
});


/** A board after the handshake, and the layout that it had shown before. */
async function afterHandshake(generation: Generation, form: "plain" | "minified" | "counted"): Promise<{ board: GuardBoard; layout: Layout; heap: FirmwareHeap }> {
  const board = await GuardBoard.load(built.bundle[form]);
  board.memory = new BoardMemory(readFirmwareHeap(generation, "before"));
  const layout = board.guard.findLayout(board.words, board.memory.stateAddress, board.socket.sckt - 1);
  const heap = readFirmwareHeap(generation, "after");
  board.memory = new BoardMemory(heap);
  return { board, layout, heap };
}

/** The certificate at the address where the fixture says that it is; its DER begins with its length. */
function certificateIn({ peerCertificateAddresses, heapStart, bytes }: FirmwareHeap): Buffer {
  const start = peerCertificateAddresses[0]! - heapStart;
  return bytes.subarray(start, start + 4 + bytes.readUInt16BE(start + 2));
}

for (const generation of GENERATIONS) {
  for (const form of ["plain", "minified"] as const) {
    test(`${generation}: the server's certificate is found after the handshake (${form})`, async () => {
      const { board, layout, heap } = await afterHandshake(generation, form);
      const der = Buffer.from(board.guard.peerCertificate(board.words, layout, board.ram), "latin1");
      assert.deepEqual(der, certificateIn(heap));
      assert.match(new X509Certificate(der).subject, /CN=/);
      assert.deepEqual(board.memory.writes, []);
    });
  }

  test(`${generation}: without a session there is no certificate`, async () => {
    const { board } = await afterHandshake(generation, "counted");
    board.memory = new BoardMemory(readFirmwareHeap(generation, "before"));
    const layout = board.guard.findLayout(board.words, board.memory.stateAddress, board.socket.sckt - 1);
    assert.equal(errorOf(() => board.guard.peerCertificate(board.words, layout, board.ram))?.code, "E_TLS_LAYOUT");
  });
}
