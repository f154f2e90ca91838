import assert from "node:assert/strict";
import { test } from "node:test";
import { ESP32 } from "../../../../scripts/board/node-engine/memory/chips.ts";
import { Heap, type HeapFault, OutOfHeap } from "../../../../scripts/board/node-engine/memory/heap.ts";
import { Ram } from "../../../../scripts/board/node-engine/memory/ram.ts";

const GROUP = 54;

function createHeap(bytes = 4096): { heap: Heap; ram: Ram; faults: HeapFault[]; kinds(): string[] } {
  const faults: HeapFault[] = [];
  const ram = new Ram(ESP32.ram);
  const heap = new Heap(ram, { start: ESP32.heap.start, end: ESP32.heap.start + bytes }, (fault) => faults.push(fault));
  return { heap, ram, faults, kinds: () => faults.map(({ kind }) => kind) };
}

test("a block that is freed once is no fault, and its place is used again", () => {
  const { heap, faults } = createHeap();
  const freeAtFirst = heap.freeBytes;
  const first = heap.allocate(18, "host name", GROUP);
  heap.allocate(100, "another", GROUP);
  heap.free(first, "host name pointer");
  assert.equal(heap.allocate(16, "new one", GROUP), first);
  for (const { address } of heap.blocks()) heap.free(address, "its owner");
  assert.deepEqual(faults, []);
  assert.equal(heap.freeBytes, freeAtFirst);
});

test("a second free is told from one of a new block at the same place", () => {
  const { heap, kinds, faults } = createHeap();
  const address = heap.allocate(18, "host name", GROUP);
  heap.free(address, "A");
  heap.allocate(18, "new one", GROUP);
  heap.free(address, "B");
  assert.deepEqual(kinds(), []);
  heap.free(address, "C");
  assert.deepEqual(kinds(), ["double free"]);
  assert.equal(faults[0]?.owner, "new one");
  assert.match(faults[0]?.message ?? "", /^double free: C frees 0x3ffe[0-9a-f]{4} again: new one$/);
});

test("a pointer into a block, and one that was never in the heap, are foreign", () => {
  const { heap, faults } = createHeap();
  const address = heap.allocate(18, "host name", GROUP);
  heap.free(address + 4, "A");
  heap.free(ESP32.ram.start, "B");
  heap.free(0, "a null pointer is none");
  assert.deepEqual(faults.map(({ kind, owner }) => [kind, owner]), [["foreign free", "host name"], ["foreign free", ""]]);
});

test("clearing more than a block holds is reported and leaves the next block alone", () => {
  const { heap, ram, kinds } = createHeap();
  const address = heap.allocate(18, "host name", GROUP);
  const next = heap.store(Buffer.from("next"), "next", GROUP);
  heap.zeroize(address, 18, "right");
  assert.deepEqual(kinds(), []);
  heap.zeroize(address, 800, "wrong");
  assert.deepEqual(kinds(), ["overrun"]);
  assert.equal(Buffer.from(ram.read(next, 4)).toString(), "next");
});

test("what an owner leaves behind is a leak, by name; other owners' blocks are not", () => {
  const { heap, faults } = createHeap();
  heap.allocate(18, "host name", GROUP);
  heap.allocate(100, "of another socket", GROUP + 1);
  heap.reportLeaks(GROUP);
  assert.deepEqual(faults.map(({ kind, owner }) => [kind, owner]), [["leak", "host name"]]);
  assert.equal(heap.blocks().length, 1);
});

test("a heap that is full says so", () => {
  const { heap } = createHeap(1000);
  heap.allocate(900, "most of it", GROUP);
  assert.throws(() => heap.allocate(200, "too much", GROUP), OutOfHeap);
});

test("random orders of allocating and freeing never give overlapping blocks or a fault", () => {
  const { heap, faults } = createHeap(20_000);
  let seed = 1;
  const random = (limit: number): number => (seed = (seed * 48_271) % 0x7fffffff) % limit;
  for (let round = 0; round < 2000; round++) {
    const blocks = heap.blocks();
    if (blocks.length > 20 || (blocks.length > 0 && random(2) === 0)) heap.free(blocks[random(blocks.length)]!.address, "test");
    else heap.allocate(1 + random(500), "test", GROUP);
    heap.blocks().forEach(({ address }, i, all) => {
      const before = all[i - 1];
      assert.ok(before === undefined || before.address + before.bytes <= address - 4);
    });
  }
  assert.deepEqual(faults, []);
});
