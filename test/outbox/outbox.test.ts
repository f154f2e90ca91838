import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FRAME_BYTES, HEADER_BYTES, openOutbox, PAGE_BYTES, SimulatedBoard, START } from "./simulated-board.ts";

const SEED = 4096;
const LONGEST = 4048;
/** Two fill a page. */
const LONG = 2010;
const RETIRED_OFFSET = 20;

function refusal(code: string, about: string) {
  return (error: { code: string; phase: string; message: string }) => {
    assert.deepEqual([error.code, error.message.includes(about)], [code, true], JSON.stringify(error));
    return true;
  };
}

function dataOf(board: SimulatedBoard): string[] {
  return board.waiting().map(({ data }) => data);
}

/** Turns a bit of the flash over. */
function spoil(board: SimulatedBoard, offset: number): void {
  board.chip.bytes[offset]! ^= 0x10;
}

test("records come back oldest first, with their time and an id of their own, until they are removed", () => {
  const board = new SimulatedBoard(4);
  const outbox = board.open();
  assert.deepEqual([outbox.put("a", 5.9), outbox.put("\0\xff\r\n"), outbox.put("c", 0)], [1, 2, 3]);
  const entries = outbox.peek(9, 999);
  assert.deepEqual(entries.map(({ data, timeS }) => [data, timeS]), [["a", 5], ["\0\xff\r\n", 1_790_000_000], ["c", 0]]);
  assert.equal(new Set(entries.map(({ id }) => id)).size, 3);
  assert.deepEqual(board.waiting(), entries);
  outbox.remove(2);
  assert.deepEqual(outbox.peek(9, 999), entries.slice(2));
  assert.deepEqual(board.waiting(), entries.slice(2));
  outbox.remove(7);
  assert.deepEqual([outbox.peek(9, 999), board.waiting(), outbox.status().queued], [[], [], 0]);
});

test("peek keeps to both limits, and gives one record however long", () => {
  const outbox = new SimulatedBoard(4).open();
  for (const data of ["123456", "12", "1"]) outbox.put(data);
  const lengths = (records: number, bytes: number) => outbox.peek(records, bytes).map(({ data }) => data.length);
  assert.deepEqual([lengths(2, 99), lengths(9, 8), lengths(9, 7), lengths(9, 1), lengths(0, 99)], [[6, 2], [6, 2], [6], [6], []]);
  assert.equal(outbox.status().queued, 3);
});

test("ids differ from board to board, and after the flash was erased", () => {
  const idOn = (board: SimulatedBoard) => {
    const outbox = board.open();
    outbox.put("x");
    return outbox.peek(1, 1)[0]!.id;
  };
  const board = new SimulatedBoard(2);
  const first = idOn(board);
  board.chip.bytes.fill(0xff);
  assert.notEqual(idOn(board), first);
  const other = new SimulatedBoard(2);
  other.serial = "24a16010-2031";
  assert.notEqual(idOn(other), first);
});

test("a record has 1 to 4048 bytes", () => {
  const outbox = new SimulatedBoard(2).open();
  for (const length of [0, LONGEST + 1]) assert.throws(() => outbox.put("x".repeat(length)), refusal("E_OUTBOX_RECORD", `${length} bytes`));
  outbox.put("x".repeat(LONGEST));
  assert.equal(outbox.peek(1, 1)[0]!.data.length, LONGEST);
});

test("a full outbox refuses, loses nothing, and takes records again when a page is free", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  for (let i = 0; i < 6; i++) outbox.put(String(i).repeat(LONG));
  assert.throws(() => outbox.put("x".repeat(LONG)), refusal("E_OUTBOX_FULL", "6 records wait"));
  assert.deepEqual(dataOf(board).map((data) => data[0]), ["0", "1", "2", "3", "4", "5"]);
  outbox.remove(1);
  assert.throws(() => outbox.put("x".repeat(LONG)), refusal("E_OUTBOX_FULL", "5 records wait"));
  outbox.remove(1);
  outbox.put("y".repeat(LONG));
  assert.deepEqual(dataOf(board).map((data) => data[0]), ["2", "3", "4", "5", "y"]);
});

test("asked to, a full outbox drops the records of the oldest page and counts them", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open({ whenFull: "drop-oldest" });
  for (let i = 0; i < 7; i++) outbox.put(String(i).repeat(LONG));
  assert.deepEqual(dataOf(board).map((data) => data[0]), ["2", "3", "4", "5", "6"]);
  const { queued, dropped } = outbox.status();
  assert.deepEqual([queued, dropped], [5, 2]);
  assert.deepEqual(outbox.peek(9, 99_999).map(({ data }) => data[0]), ["2", "3", "4", "5", "6"]);
});

test("freeBytes is what fits", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  const { freeBytes } = outbox.status();
  for (let i = 0; i < 3; i++) outbox.put("x".repeat(LONGEST));
  assert.deepEqual([freeBytes, outbox.status().freeBytes], [2 * (LONGEST + FRAME_BYTES), 0], "a new one tells a page less");
  outbox.remove(2);
  assert.equal(outbox.status().freeBytes, LONGEST + FRAME_BYTES);
  assert.equal(board.open().status().freeBytes, 2 * (LONGEST + FRAME_BYTES), "a page of which all was sent is free");
});

test("what it costs the flash: 1 write for a record, 1 to remove a batch, 1 erase and 2 or 3 writes more for a page", () => {
  const board = new SimulatedBoard(16);
  const outbox = board.open();
  assert.deepEqual([board.writes, board.erases], [0, 0]);
  const data = "x".repeat(80);
  const perPage = Math.floor((PAGE_BYTES - 4 - HEADER_BYTES) / (data.length + FRAME_BYTES));
  for (let i = 0; i < perPage; i++) outbox.put(data);
  assert.deepEqual([board.writes, board.erases], [perPage + 3, 1]);
  outbox.remove(perPage - 1);
  assert.equal(board.writes, perPage + 4);
  for (let i = 0; i < perPage; i++) outbox.put(data);
  assert.deepEqual([board.writes, board.erases], [2 * perPage + 6, 2]);
  outbox.remove(perPage);
  assert.equal(board.writes, 2 * perPage + 8, "one mark, one page retired");
});

test("opening reads 16 full pages with a bounded number of reads, and sent pages with one", () => {
  const board = new SimulatedBoard(16);
  const outbox = board.open();
  let records = 0;
  while (outbox.status().freeBytes > 100 + FRAME_BYTES) records = outbox.put("x".repeat(100));
  board.reads = 0;
  assert.equal(board.open().status().queued, records);
  assert.ok(board.reads <= 3 * 16, `${board.reads} reads for ${records} records`);
  outbox.remove(records);
  board.reads = 0;
  board.open();
  assert.ok(board.reads <= 2 * 16 + 1, `${board.reads} reads when nothing waits`);
});

test("pages wear alike", () => {
  const board = new SimulatedBoard(4);
  const erased = [0, 0, 0, 0];
  board.onChange = (bytes, offset) => void (bytes ?? erased[offset / PAGE_BYTES]!++);
  for (let i = 0; i < 80; i++) {
    const outbox = board.open();
    outbox.put("x".repeat(LONG));
    outbox.remove(1);
  }
  assert.deepEqual(erased, [10, 10, 10, 10]);
});

test("a spoilt record is skipped and counted; those around it stay", () => {
  const board = new SimulatedBoard(2);
  const outbox = board.open();
  for (const data of ["aaaa", "bbbb", "cccc"]) outbox.put(data);
  const second = HEADER_BYTES + FRAME_BYTES + 4;
  spoil(board, second + 17);
  assert.deepEqual([dataOf(board), board.open().status().corrupt], [["aaaa", "cccc"], 1]);
  assert.deepEqual(outbox.peek(9, 99).map(({ data }) => data), ["aaaa", "cccc"]);
  assert.equal(outbox.status().queued, 2, "the count is what is there");
});

test("behind a spoilt length the page ends; later pages stay, and numbers are not given twice", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  for (const data of ["a".repeat(LONG), "b".repeat(LONG), "c", "d"]) outbox.put(data);
  const ids = outbox.peek(9, 9999).map(({ id }) => id);
  board.chip.bytes[HEADER_BYTES + FRAME_BYTES + LONG + 2 + 7] = 0x7f;
  board.chip.bytes.writeUInt32LE(0, PAGE_BYTES + HEADER_BYTES + FRAME_BYTES + 4 + 4);
  assert.deepEqual(dataOf(board).map((data) => data[0]), ["a", "c"]);
  const again = board.open();
  board.writes = 0;
  again.put("e");
  assert.equal(board.writes, 3, "on the next page, without a try behind the spoilt record");
  assert.deepEqual([again.status().corrupt, again.peek(9, 9999).map(({ data }) => data[0])], [2, ["a", "c", "e"]]);
  assert.ok(!ids.includes(again.peek(9, 9999)[2]!.id));
});

test("a spoilt page is skipped and counted, and numbers that it may have given are not given again", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  for (const data of ["a".repeat(LONG), "b".repeat(LONG), "c"]) outbox.put(data);
  const { id } = outbox.peek(9, 9999)[2]!;
  spoil(board, PAGE_BYTES + 8);
  const again = board.open();
  assert.deepEqual([again.status().queued, again.status().corrupt], [2, 1]);
  again.put("d");
  const last = again.peek(9, 9999)[2]!;
  assert.deepEqual([last.data, Number(last.id.split("-")[2]) > Number(id.split("-")[2])], ["d", true]);
});

test("what went bad since it was opened is not waited for, and makes room", () => {
  const board = new SimulatedBoard(2);
  const outbox = board.open();
  outbox.put("a".repeat(LONG));
  outbox.put("b".repeat(LONG));
  outbox.put("c".repeat(LONG));
  outbox.put("d".repeat(LONG));
  for (const record of [0, 1, 2, 3]) spoil(board, Math.floor(record / 2) * PAGE_BYTES + HEADER_BYTES + (record % 2) * (FRAME_BYTES + LONG) + 20);
  outbox.remove(1);
  assert.equal(outbox.status().queued, 4);
  outbox.put("e".repeat(LONG));
  assert.deepEqual([outbox.status().queued, outbox.peek(9, 9)[0]!.data[0]], [1, "e"]);
});

test("a place that does not take a record is left for another page", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  outbox.put("a");
  board.onChange = (bytes, offset) => {
    if (bytes && offset > HEADER_BYTES && offset < PAGE_BYTES && bytes.length > 4) bytes[bytes.length - 1]! &= 0;
  };
  outbox.put("bb");
  outbox.put("cc");
  assert.deepEqual(outbox.peek(9, 99).map(({ data }) => data), ["a", "bb", "cc"]);
  const [, second] = outbox.peek(9, 99);
  assert.deepEqual(board.waiting()[1], second);
});

test("a record that was only read back wrongly does not come twice", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  outbox.put("a");
  board.onRead = (bytes) => {
    board.onRead = () => {};
    bytes[0]! ^= 1;
  };
  outbox.put("b");
  assert.deepEqual(dataOf(board), ["a", "b"]);
});

test("flash that takes nothing is told, and so is a page that cannot be begun", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  board.onChange = (bytes) => void bytes?.fill(0xff);
  assert.throws(() => outbox.put("x"), refusal("E_OUTBOX_FLASH", "does not read back: 0x311000"));
  board.onChange = () => {};
  outbox.put("y");
  assert.deepEqual(dataOf(board), ["y"]);
});

test("a retired mark that did not take lets records come again, under their ids", () => {
  const board = new SimulatedBoard(3);
  const outbox = board.open();
  for (const data of ["a".repeat(LONG), "b".repeat(LONG), "c"]) outbox.put(data);
  const entries = outbox.peek(9, 9999);
  board.onChange = (bytes, offset) => void (offset % PAGE_BYTES === RETIRED_OFFSET && bytes?.fill(0xff));
  outbox.remove(2);
  board.onChange = () => {};
  assert.deepEqual(board.waiting(), entries.slice(2), "the mark at the last record of a page says the same");
});

test("the region is the board's, or the one that is asked for, and must be free", () => {
  const board = new SimulatedBoard(16);
  board.open().put("x");
  assert.equal(openOutbox().status().queued, 1);
  board.name = "LINUX";
  assert.throws(() => board.open(), refusal("E_OUTBOX_FLASH", "no free flash at 0x10030000"));
  assert.equal(board.open({ start: START, pages: 2 }).status().queued, 1);
  for (const options of [{ start: START - PAGE_BYTES }, { start: START, pages: 17 }]) {
    assert.throws(() => board.open(options), refusal("E_OUTBOX_FLASH", "no free flash"));
  }
  for (const options of [{ start: START + 4 }, { start: START, pages: 1 }, { start: START, pages: 2.5 }]) {
    assert.throws(() => board.open(options), refusal("E_OPTION", "outbox"));
  }
  board.hasFlash = false;
  assert.throws(() => board.open({ start: START }), refusal("E_OUTBOX_FLASH", "no free flash"));
});

test("whatever the flash holds, it opens, takes records and gives them back", () => {
  const page = fc.record({
    looksOurs: fc.boolean(),
    words: fc.array(fc.oneof(fc.constantFrom(0, 1, 24, 0xffffffff), fc.nat({ max: 5000 }), fc.nat()), { minLength: 8, maxLength: 64 }),
  });
  fc.assert(
    fc.property(fc.array(page, { minLength: 2, maxLength: 4 }), (contents) => {
      const board = new SimulatedBoard(contents.length);
      const model = new SimulatedBoard(contents.length);
      model.open().put("x");
      contents.forEach(({ looksOurs, words }, i) => {
        const bytes = Buffer.alloc(PAGE_BYTES);
        for (let at = 0; at < PAGE_BYTES; at += 4) bytes.writeUInt32LE(words[(at / 4) % words.length]!, at);
        if (looksOurs) model.chip.bytes.copy(bytes, 0, 0, HEADER_BYTES);
        bytes.copy(board.chip.bytes, i * PAGE_BYTES);
      });
      const outbox = board.open({ whenFull: "drop-oldest" });
      outbox.put("first");
      outbox.put("second");
      assert.deepEqual(dataOf(board).slice(-2), ["first", "second"]);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
