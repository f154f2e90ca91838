import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { BoardFacts } from "../../scripts/espruino-cli/inspect.ts";
import { checkBoard, describeBoard, storageBytes, warningsAbout, type Program } from "../../scripts/upload/check-board.ts";

const ESP32: BoardFacts = {
  board: "ESP32", version: "2v29.277", hasTls: true,
  memory: { free: 15_900, total: 16_383, blockBytes: 14 }, storage: { free: 800_000, trash: 10_000 }, lastBoots: "bs",
};
const ESP32C3: BoardFacts = { ...ESP32, board: "ESP32C3", memory: { free: 3_900, total: 4_095, blockBytes: 13 } };

function program(bytes: number, into: Program["into"]): Program {
  return { code: `require("tls");`.padEnd(bytes, "x"), into };
}

test("a program that fits is neither refused nor warned about", () => {
  checkBoard(ESP32, program(26_000, "ram"));
  assert.deepEqual(warningsAbout(ESP32, program(26_000, "ram")), []);
  assert.equal(describeBoard(ESP32), "ESP32, Espruino 2v29.277, 15900 of 16383 variables and 791.0 KB of Storage free");
});

test("a program that does not fit into RAM is refused with the numbers; --save is the advice where that helps", () => {
  assert.throws(() => checkBoard(ESP32C3, program(50_000, "ram")),
    /its 48\.8 KB take about 5500 variables, and 3900 are free\. With --save it takes about 2750/);
  assert.throws(() => checkBoard(ESP32C3, program(80_000, "flash")), /take about 4400 variables, and 3900 are free\. Make it smaller\./);
  checkBoard({ ...ESP32C3, board: "LINUX" }, program(50_000, "ram"));
});

test("what would be short while it runs is a warning", () => {
  checkBoard(ESP32C3, program(26_000, "ram"));
  assert.match(warningsAbout(ESP32C3, program(26_000, "ram")).join(), /leaves about 1040 variables.* Saved with --save it leaves more/);
  assert.deepEqual(warningsAbout(ESP32C3, program(26_000, "flash")), []);
});

test("flash: what is trash counts as free, and the program before it has to stay", () => {
  const full = { ...ESP32, storage: { free: 10_000, trash: 20_000 } };
  checkBoard(full, program(20_000, "flash"));
  assert.throws(() => checkBoard(full, program(26_000, "flash")), /takes 32000 bytes of Storage, boot code included, and 30000 are free/);
  checkBoard(full, program(26_000, "ram"));
  assert.equal(storageBytes(program(26_000, "ram")), 0);
});

test("firmware without TLS is refused for a program that needs it", () => {
  const plain = { ...ESP32, board: "ESP32_IDF4", hasTls: false };
  assert.throws(() => checkBoard(plain, program(1_000, "ram")), /the firmware on the board \(ESP32_IDF4, Espruino 2v29\.277\) has no module "tls"/);
  checkBoard(plain, { code: `print("hello")`, into: "ram" });
});

test("older firmware, an unknown board, and a program that is not started any more are warned about", () => {
  const warnings = (facts: Partial<BoardFacts>): string => warningsAbout({ ...ESP32, ...facts }, program(1_000, "ram")).join();
  assert.match(warnings({ version: "2v28" }), /\(2v28\) is older than the one this project was tested with \(2v29\)/);
  assert.match(warnings({ version: "1v99.12" }), /is older/);
  for (const version of ["2v29", "2v30.1", "3v0"]) assert.equal(warnings({ version }), "");
  assert.match(warnings({ version: "custom" }), /calls its version "custom"/);
  assert.match(warnings({ board: "PICO_W" }), /PICO_W is none that this project knows/);
  assert.match(warnings({ lastBoots: "bbb" }), /not started any more/);
});

test("the boards whose memory modules/tls/memory.ts knows are known", () => {
  const source = readFileSync(new URL("../../modules/tls/memory.ts", import.meta.url), "utf8");
  const table = /const RAM[^{]*\{([^}]*)\}/.exec(source)![1]!;
  const names = [...table.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  assert.ok(names.length >= 4);
  for (const board of names) assert.deepEqual(warningsAbout({ ...ESP32, board }, program(1_000, "ram")), [], board);
});
