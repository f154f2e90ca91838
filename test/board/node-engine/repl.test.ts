import assert from "node:assert/strict";
import { test } from "node:test";
import { startSession } from "./board-session.ts";

/** What is typed, and every byte that comes back. Seen on a real interpreter (the 14-byte build without Unicode). */
const DIALOGUES: readonly [string, string][] = [
  ["\n", "\r\n>"],
  ["1+1\n", "1+1\r\n=2\r\n>"],
  ["\x10print(5)\n", "5\r\n>"],
  ["\x10print(5)\n\x10print(6)\n", "5\r\n6\r\n>"],
  ["var a\n", "var a\r\n=undefined\r\n>"],
  ["function f() {\nreturn 1\n}\n", "function f() {\r\n:return 1\r\n:}\r\n=function () { ... }\r\n>"],
  ["ab\bc\x7fd\n", 'ab\b \bc\b \bd\r\nUncaught ReferenceError: "ad" is not defined\r\n    at REPL (:1:1)\r\n>'],
  ["\x10if(1) {\x1b\n print(3) }\n", "3\r\n>"],
  ["x=`a\nb`\n", 'x=`a\r\n:b`\r\n="a\\nb"\r\n>'],
  ["({a:1})\n", "({a:1})\r\n={ a: 1 }\r\n>"],
  ['"\xc3\xa9"\n', '"\xc3\xa9"\r\n="\\xC3\\xA9"\r\n>'],
  ["a=1;/*\n*/\n", "a=1;/*\r\n:*/\r\n=1\r\n>"],
  ["throw 1\n", "throw 1\r\nUncaught 1\r\n>"],
  ["\x05", "Espruino 2v29 ESP32\r\n"],
  ["\x1b[A\x1b[A\n", "\x1b[Jthrow 1\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[Ja=1;/*\r\n:*/\r\n=1\r\n>"],
];

test("the line editor answers byte for byte", async (context) => {
  const board = await startSession(context);
  for (const [typed, expected] of DIALOGUES) {
    board.type(typed);
    assert.equal(await board.until(expected), expected, `after ${JSON.stringify(typed)}`);
  }
});

test("output takes the prompt off the screen and puts it back", async (context) => {
  const board = await startSession(context);
  board.type("\x10setTimeout(function(){print('tick')},20)\n");
  assert.equal(await board.until(/tick\r\n>/), "\r\x1b[Jtick\r\n>");
});

test("echo(0) silences prompt, echo and values until echo(1)", async (context) => {
  const board = await startSession(context);
  board.type("echo(0)\n1+2\nprint(7)\necho(1)\n");
  assert.equal(await board.until("=undefined\r\n>"), "echo(0)\r\n7\r\n=undefined\r\n>");
});

test("Ctrl-C clears the line that is being typed", async (context) => {
  const board = await startSession(context);
  board.type("abc");
  await board.until("abc");
  board.type("\x03");
  assert.equal(await board.until(">"), "\x1b[D\x1b[D\x1b[D\r\x1b[J>");
  board.type("1\n");
  await board.until("1\r\n=1\r\n>");
});

test("a program's line numbers come from the terminal", async (context) => {
  const board = await startSession(context);
  board.type("\x10\x1b[12dfunction g(){ throw new Error('z') }\n\x10g()\n");
  assert.match(await board.until(/REPL.*\r\n>/), /Error: z\r\n {4}at g \(:12:\d+\)\r\n {4}at REPL \(:1:1\)/);
});

test("values print as the firmware prints them", async (context) => {
  const board = await startSession(context);
  board.type("({a:1,b:[1,2,'x'],c:null,e:function(a){return a}" +
      ",f:new Error('q'),g:0.1+0.2,h:1/3,i:1e21,j:new Uint8Array([1,2]),k:true})\n");
  const printed = await board.until(/ \}\r\n>/);
  assert.equal(
    printed.slice(printed.indexOf("\r\n=") + 3),
    '{ a: 1, \r\n  b: [ 1, 2, \r\n    "x"\r\n   ], \r\n  c: null, \r\n  e: function (a) { ... }, \r\n  f: Error: Error: q, \r\n' +
      "  g: 0.3, h: 0.33333333333, i: 10e+20, \r\n  j: new Uint8Array([1, 2]), \r\n  k: true }\r\n>",
  );
});

test("reset() wipes the program and keeps Storage; the banner comes back", async (context) => {
  const board = await startSession(context);
  await board.run("var kept=1;setInterval(print,9999);require('Storage').write('f','x');" +
      "Modules.addCached('m','exports.a=1')");
  board.type("\x10reset();\n");
  await board.until(/espruino\.com[^]*\r\n>/);
  const printed = await board.run("print(typeof kept,global['\\xff'].timers,require('Storage')" +
      ".read('f'),Modules.getCached())");
  assert.equal(printed, 'undefined [  ] x [ \n  "Storage"\n ]\n');
});

const EVAL = 0x2000;
const FILE_SEND = 0x6000;
const DATA = 0x8000;
const FILE_RECEIVE = 0xa000;

function packet(type: number, data: string): string {
  const flags = type | data.length;
  return `\x10\x01${String.fromCharCode(flags >> 8, flags & 0xff)}${data}`;
}

test("packets evaluate, and carry files both ways", async (context) => {
  const board = await startSession(context);
  board.type(packet(EVAL, "1+2"));
  assert.equal(await board.until("3"), "\x06\x10\x01\x00\x013");
  board.type(packet(EVAL, "x+]"));
  await board.until("\x15");
  board.type(packet(FILE_SEND, '{"fn":"f","s":5}'));
  await board.until("\x06");
  board.type(packet(DATA, "a\x03c"));
  await board.until("\x06");
  board.type(packet(DATA, "de"));
  await board.until("\x06");
  board.type(packet(FILE_RECEIVE, '{"fn":"f"}'));
  assert.equal(await board.until("\x10\x01\x80\x00"), "\x06\x10\x01\x80\x05a\x03cde\x10\x01\x80\x00");
});
