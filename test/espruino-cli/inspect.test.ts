import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { inspectBoard } from "../../scripts/espruino-cli/inspect.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";

const FILLER_BYTES = 20_000;

let boards: TestBoards;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(() => boards.release());

for (const { engine, skip } of ENGINES) {
  test(`what a board is and has room for (${engine} engine)`, { skip }, async () => {
    const port = parsePort((await boards.powerUp(engine)).port);
    const files = { ".boots": Buffer.from("bsbbb\xff\xff", "latin1"), filler: Buffer.alloc(FILLER_BYTES, "x") };
    await writeStorage({ port, files });
    const facts = await inspectBoard({ port });
    assert.equal(facts.board, engine === "node" ? "ESP32" : "LINUX");
    assert.match(facts.version, /^2v\d+/);
    assert.equal(facts.hasTls, true);
    assert.equal(facts.lastBoots, "bbb");
    assert.ok(facts.memory.free > 1_000 && facts.memory.free <= facts.memory.total);
    assert.ok(facts.storage.free > 0 && facts.storage.trash >= FILLER_BYTES, JSON.stringify(facts.storage));
    const { storage } = await inspectBoard({ port, storageBytes: facts.storage.free + 1 });
    assert.ok(storage.trash < FILLER_BYTES && storage.free > facts.storage.free, `tidied: ${JSON.stringify(storage)}`);
  });
}
