import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { CliFailure } from "../../scripts/espruino-cli/failure.ts";
import { parsePort } from "../../scripts/espruino-cli/port.ts";
import { writeStorage } from "../../scripts/espruino-cli/storage.ts";
import { upload, type UploadEnd, type UploadJob } from "../../scripts/espruino-cli/upload.ts";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { openConsole } from "./board-console.ts";

/** Longer than a board on this computer needs for anything here, shorter than the runner's limit. */
const OUTCOME_DEADLINE_MS = 20_000;
const TICKING = `var n=0;var timer=setInterval(function(){n++;print("tick "+n);if(n===3){clearInterval(timer);print("=== done");}},30);`;

let boards: TestBoards;
beforeEach(() => {
  boards = new TestBoards();
});
afterEach(() => boards.release());

function send(portName: string, code: string, more: Partial<UploadJob> = {}): Promise<UploadEnd> {
  return upload({ port: parsePort(portName), code, into: "ram", outcomeDeadlineMs: OUTCOME_DEADLINE_MS, ...more });
}

for (const { engine, skip } of ENGINES) {
  describe(`upload to the ${engine} engine`, { skip }, () => {
    test("a program's output is seen from its first line to its outcome", async () => {
      const { port } = await boards.powerUp(engine);
      const end = await send(port, `print("first");${TICKING}`);
      assert.deepEqual(end.output, ["first", "tick 1", "tick 2", "tick 3", "=== done"]);
      assert.deepEqual(end.outcome, { isDone: true });
      assert.equal(end.failure, undefined);
    });

    test("a program of 20 KB, and its failure, which comes before the upload is confirmed", async () => {
      const { port } = await boards.powerUp(engine);
      const filler = `var filler=function(){return "${"0123456789".repeat(2_000)}"};`;
      const end = await send(port, `${filler}print("=== failed E_TEST in test: "+filler().length+" bytes");`);
      assert.deepEqual(end.outcome, { isDone: false, code: "E_TEST", phase: "test", message: "20000 bytes" });
    });

    test("an exception while the program is loaded ends it, with the firmware's words", async () => {
      const { port } = await boards.powerUp(engine);
      const end = await send(port, `print("before");noSuchFunction();`);
      assert.match(end.uncaught ?? "", /^Uncaught .*noSuchFunction/);
      assert.equal(end.outcome, undefined);
    });

    test("a program without an outcome is left at the deadline", async () => {
      const { port } = await boards.powerUp(engine);
      const end = await send(port, `setInterval(function(){print("still here")},50)`, { outcomeDeadlineMs: 500 });
      assert.equal(end.timedOut, true);
      assert.equal(end.outcome, undefined);
      assert.ok(end.output.includes("still here"));
    });

    test("what an earlier program said is not taken for this one's outcome", async () => {
      const { port } = await boards.powerUp(engine);
      await send(port, `print("=== done");setTimeout(function(){print("=== failed E_OLD in test: late")},50)`);
      const end = await send(port, TICKING);
      assert.deepEqual(end.output, ["tick 1", "tick 2", "tick 3", "=== done"]);
    });

    test("a saved program runs at once, and again at the next boot", async () => {
      const flashFolder = await boards.flashFolder();
      const first = await boards.powerUp(engine, flashFolder);
      const saving = `print("boot of "+${JSON.stringify("x".repeat(1_500))}.length);${TICKING}`;
      const end = await send(first.port, saving, { into: "flash" });
      assert.deepEqual(end.outcome, { isDone: true });
      assert.ok(end.output.includes("boot of 1500"));
      await first.stop();
      const second = await boards.powerUp(engine, flashFolder);
      const console = await openConsole(second);
      await console.waitFor(/boot of 1500[^]*=== done/);
      console.close();
    });

    test("of saved programs only the last is kept", async () => {
      const { port } = await boards.powerUp(engine);
      for (const word of ["one", "two"]) await send(port, `print("${word}");print("=== done")`, { into: "flash" });
      const list = `var l=require("Storage").list().filter(function(f){return f.substr(0,9)===".program-"});`;
      const after = await send(port, `${list}print(l.length,require("Storage").read(l[0]));print("=== done")`);
      assert.deepEqual(after.output, [`1 print("two");print("=== done")`, "=== done"]);
    });

    test("Storage files arrive byte for byte, also over older ones of the same length", async () => {
      const { port } = await boards.powerUp(engine);
      const bytes = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index & 255));
      await writeStorage({ port: parsePort(port), files: { "all bytes": Buffer.alloc(1_000, 1), "settings.json": Buffer.from("{}") } });
      await writeStorage({ port: parsePort(port), files: { "all bytes": bytes, "settings.json": Buffer.from(`{"a":1}`) } });
      const end = await send(port, `var d=require("Storage").read("all bytes"),sum=0;
        for(var i=0;i<d.length;i++)sum+=(d.charCodeAt(i)===(i&255));print(sum,require("Storage").readJSON("settings.json").a);print("=== done")`);
      assert.deepEqual(end.output, ["1000 1", "=== done"]);
    });

    test("a file that does not fit is an error, not a success", async () => {
      const { port } = await boards.powerUp(engine);
      const tooLong = "n".repeat(30);
      await assert.rejects(writeStorage({ port: parsePort(port), files: { [tooLong]: Buffer.from("x") } }), CliFailure);
    });

    test("an abort ends it: before the upload as an error, after it as its end", async () => {
      const { port } = await boards.powerUp(engine);
      await assert.rejects(send(port, TICKING, { signal: AbortSignal.abort() }), { kind: "interrupted" });
      const controller = new AbortController();
      const end = await send(port, `setInterval(function(){print("on")},50)`, { signal: controller.signal, onUploaded: () => controller.abort() });
      assert.equal(end.failure?.kind, "interrupted");
    });

    test("a board that goes away in the middle of a run is noticed", async () => {
      const board = await boards.powerUp(engine);
      const end = await send(board.port, TICKING.replace("=== done", "=== not yet"), { onLine: (line) => void (line === "tick 2" && board.stop()) });
      assert.equal(end.failure?.kind, "disconnected");
      assert.equal(end.outcome, undefined);
    });

    test("code that is no JavaScript on the board is taken for damaged, and sent three times", async () => {
      const { port } = await boards.powerUp(engine);
      const count = `require("Storage").write("count",(require("Storage").read("count")||"")+"x");`;
      await assert.rejects(send(port, `${count}\nvar = 5;`), { kind: "damaged", message: /does not arrive whole[^]*Uncaught SyntaxError/ });
      assert.deepEqual((await send(port, `print(require("Storage").read("count"));print("=== done")`)).output, ["xxx", "=== done"]);
    });

    test("code with unequal brackets is refused with a reason", async () => {
      const { port } = await boards.powerUp(engine);
      await assert.rejects(send(port, "print((1);"), { kind: "bad-code" });
    });
  });
}
