import assert from "node:assert/strict";
import { test } from "node:test";
import { startSession } from "./board-session.ts";

const ENDLESS = [
  "while(1);",
  "for(;;);",
  "do ; while(1)",
  "[1].forEach(function(){for(;;){}})",
  "try{while(1){}}catch(e){print('CAUGHT')}finally{print('FINALLY')}",
  "(function(){try{return (function(){while(1);})()}finally{print('FINALLY')}})()",
];

for (const loop of ENDLESS) {
  test(`Ctrl-C ends ${loop}, and no catch or finally runs`, async (context) => {
    const board = await startSession(context);
    board.type(`\x10print("begun");${loop}\n`);
    await board.until("begun\r\n");
    board.type("\x03");
    assert.equal(await board.until(">"), "Execution Interrupted\r\n>");
    assert.equal(await board.run("print(1)"), "1\n");
  });
}

test("an interrupted interval is removed", async (context) => {
  const board = await startSession(context);
  board.type("\x10setInterval(function(){print('begun');while(1);},1)\n");
  await board.until("begun\r\n");
  board.type("\x03");
  assert.match(
    await board.until(/CALLBACK\r\n>/),
    /ERROR: Ctrl-C while processing interval - removing it\.\r\nExecution Interrupted during event processing\.\r\n/,
  );
  assert.equal(await board.run("print(global['\\xff'].timers)"), "[  ]\n");
});

test("a loop that prints for ever can be interrupted", async (context) => {
  const board = await startSession(context);
  board.type("\x10for(;;)print('again and again')\n");
  await board.until("again and again");
  board.type("\x03");
  await board.until("Execution Interrupted\r\n>");
});

test("endless recursion cannot be caught", async (context) => {
  const board = await startSession(context);
  board.type("\x10function f(){f()};try{f()}catch(e){print('CAUGHT')}finally{print('FINALLY')}\n");
  const printed = await board.until(/Execution Interrupted\r\n>/);
  assert.match(printed, /Uncaught Error: Too much recursion/);
  assert.doesNotMatch(printed, /CAUGHT|FINALLY/);
});

test("a program can be interrupted after a set number of statements", async (context) => {
  const board = await startSession(context);
  await board.run("var n=0");
  board.engine.interruptAfterStatements(5);
  board.type("\x10n=1;n=2;try{n=3;n=4;n=5;n=6}catch(e){n=99}finally{n=98}\n");
  await board.until("Execution Interrupted\r\n>");
  // n=1, n=2, try, n=3, n=4 are five statements.
  assert.equal(await board.run("print(n)"), "4\n");
});

test("stopping the engine ends an endless loop", async (context) => {
  const board = await startSession(context);
  board.type("\x10print('begun');while(1);\n");
  await board.until("begun");
  await board.engine.stop();
  assert.equal((await board.engine.exited).reason, "stopped");
});
