import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { nameForArrival, takeArrivals } from "../../scripts/espruino-cli/arrivals.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { upload } from "../../scripts/espruino-cli/upload.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";

let boards: TestBoards;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(() => boards.release());

/** JavaScript for the board that writes a Storage file. */
function write(name: string, content: Uint8Array): string {
  return `require("Storage").write(${JSON.stringify(name)},atob("${Buffer.from(content).toString("base64")}"));`;
}

const SHOW = `print(require("Storage").list(/^[a-z]/).sort().map(function(n){return n+"="+E.CRC32(require("Storage").read(n))}).join(" "));`;

for (const { engine, skip } of ENGINES) {
  test(`arrivals take their names on the ${engine} engine only when all of them are whole`, { skip }, async () => {
    const long = Buffer.from(Array.from({ length: 2_500 }, (_, index) => (index * 7) & 255));
    const files = { "b.der": long, "a.json": Buffer.from(`{"new":true}`) };
    const arrivals = nameForArrival(files);
    const names = Object.keys(arrivals);
    const { port } = await boards.powerUp(engine);
    const code = [
      write("a.json", Buffer.from(`{"old":1}`)), write("other", Buffer.from("stays")), write("arriving-7", Buffer.from("of an earlier attempt")), SHOW,
      // The second is damaged, of the same length.
      write(names[0]!, long), write(names[1]!, Buffer.from(`{"new":trux}`)), `print(${takeArrivals(files, arrivals)});`, SHOW,
      // The second is missing.
      write(names[0]!, long), `print(${takeArrivals(files, arrivals)});`, SHOW,
      // All are there; and once more over the same.
      ...[1, 2].flatMap(() => [write(names[0]!, long), write(names[1]!, files["a.json"]), `print(${takeArrivals(files, arrivals)});`, SHOW]),
      `print(require("Storage").readJSON("a.json").new,require("Storage").read("b.der").length);`,
      `print("=== done")`,
    ].join("\n");
    const { output } = await upload({ port: parsePort(port), code, into: "ram", outcomeDeadlineMs: 20_000 });
    const before = output[0]!.replace(/arriving-7=\S+ /, "");
    assert.match(before, /^a\.json=\d+ other=\d+$/);
    const after = output[6]!;
    assert.match(after, /^a\.json=\d+ b\.der=\d+ other=\d+$/);
    assert.notEqual(after.split(" ")[0], before.split(" ")[0]);
    assert.deepEqual(output.slice(1), ["false", before, "false", before, "true", after, "true", after, "true 2500", "=== done"]);
  });
}
