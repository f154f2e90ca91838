import assert from "node:assert/strict";
import { test } from "node:test";
import { startSession } from "./board-session.ts";

/** A line, and what the firmware prints for it. */
const LINES: readonly [string, string][] = [
  [
    "print(typeof Map,typeof Set,typeof Symbol,typeof Proxy,typeof RangeError,typeof queueMicrotask)",
    "undefined ".repeat(6).trim(),
  ],
  [
    "print(typeof [].flat,typeof [].lastIndexOf,typeof Object.freeze,typeof Number.isInteger,typeof Math.trunc)",
    "undefined ".repeat(5).trim(),
  ],
  [
    "print(typeof Number.MAX_SAFE_INTEGER,typeof Uint8Array.from,typeof ''.at,typeof Date.UTC,typeof console.time)",
    "undefined ".repeat(5).trim(),
  ],
  [
    "print(new TypeError('t') instanceof Error,new TypeError('t').toString(),new Error('e').name)",
    "false TypeError: t undefined",
  ],
  [
    "try{null.x}catch(e){print(e.toString(),e instanceof Error,e instanceof TypeError)}",
    "Error: Can't read property 'x' of null true false",
  ],
  ["try{({}).foo()}catch(e){print(e.toString())}", 'Error: Function "foo" not found!'],
  [
    "try{nothing}catch(e){print(e.toString(),e instanceof ReferenceError)}",
    'ReferenceError: "nothing" is not defined true',
  ],
  [
    "print(JSON.stringify('\\xe9\\x7f\\n'),JSON.stringify([print,undefined]),JSON.stringify({a:print}))",
    '"\\u00E9\\u007F\\n" [undefined,null] {}',
  ],
  ["var c={};c.c=c;print(JSON.stringify(c),JSON.stringify(1e21),JSON.stringify(NaN))", '{"c": ... } 10e+20 null'],
  ["print(JSON.parse('[1,] x').length,JSON.parse('\"\\\\u20ac\"').charCodeAt(0),JSON.parse('-'))", "1 172 undefined"],
  ["try{JSON.parse('{bad')}catch(e){print(e.toString())}", "SyntaxError: Got ID:bad expected STRING"],
  ["print(String.fromCharCode(8364).charCodeAt(0),E.isUTF8('x'),E.fromUTF8('x'))", "172 false undefined"],
  ["try{E.asUTF8('x')}catch(e){print(e.message)}", "Unicode not supported on this build"],
  [
    "print(Date.parse('garbage'),Date.parse('2020-01-02T03:04:05+02:00'),new Date(1e12).toString())",
    "0 1577927045000 Sun Sep 9 2001 01:46:40 GMT+0000",
  ],
  [
    "E.setTimeZone(2);print(new Date(0).getHours(),new Date(0).toString());E.setTimeZone(0)",
    "2 Thu Jan 1 1970 02:00:00 GMT+0200",
  ],
  [
    "print(E.toString([65,[66]],'C'),E.toUint8Array(1,'a'),E.toArrayBuffer('ab').byteLength)",
    "ABC new Uint8Array([1, 97]) 2",
  ],
  [
    "print(atob('aGVs'),btoa('\\xff'),encodeURIComponent('\\xc3\\xa9'),decodeURIComponent('%C3%A9').length)",
    "hel /w== %C3%A9 2",
  ],
  ["print(E.getSizeOf({}),E.getSizeOf('abcdefghijklmnop'),E.getSizeOf([1,2,3]),E.getSizeOf({a:1}))", "1 2 4 2"],
  [
    "print(process.env.BOARD,process.env.VERSION,process.memory().total,process.memory().blocksize)",
    "ESP32 2v29 16383 14",
  ],
  ["print(process.env.MODULES.indexOf('tls')>0,typeof process.exit,typeof E.openFile)", "true undefined undefined"],
  ["print(/(a)|(b)/.exec('b')[1]==='','a\\nb'.replace(/a.b/,'x'))", "true x"],
  [
    "try{new RegExp('a(?=b)')}catch(e){print(e.message)}",
    "Espruino does not support: lookahead in a regular expression",
  ],
  [
    "print(new Function('a','return a+1')(2),eval('1+1'),(function(a){return a}).toString())",
    "3 2 function(a){return a}",
  ],
  ["try{(5).emit('a')}catch(e){print(e.message)}", "Parent must be an object - not a String, Integer, etc"],
  ["print(({}).on('a',print),E.lookupNoCase({Ab:1},'aB'),E.lookupNoCase({Ab:1},'aB',true))", "undefined 1 Ab"],
  ["print(typeof ESP32.getState().freeHeap,peek8(0x3FF75144)<256)", "number true"],
  ["print(this===global,typeof globalThis,typeof window)", "true object undefined"],
];

test("the library answers as the firmware's does", async (context) => {
  const board = await startSession(context);
  for (const [line, expected] of LINES) assert.equal(await board.run(line), `${expected}\n`, line);
});

test("random numbers are the same after each power-up", async (context) => {
  const board = await startSession(context);
  assert.equal(await board.run("print(Math.random(),Math.random())"), "0.93255273858 0.70772355841\n");
});

test("reading where nothing is crashes the board, which starts again", async (context) => {
  const board = await startSession(context);
  board.type("\x10var lost=1;try{peek8(0)}catch(e){print('CAUGHT')}finally{print('FINALLY')}\n");
  const printed = await board.until(/espruino\.com[^]*>/);
  assert.match(printed, /Guru Meditation Error/);
  assert.doesNotMatch(printed, /CAUGHT|FINALLY/);
  assert.equal(await board.run("print(typeof lost,Date.now()<5000)"), "undefined true\n");
});

test("a watchdog that is not kicked restarts the board, an automatic one only in an endless loop", async (context) => {
  const board = await startSession(context);
  await board.run("E.enableWatchdog(0.05)");
  board.type("\x10setTimeout(function(){print('alive');E.enableWatchdog(0.02,false)},150)\n");
  await board.until("alive");
  await board.until(/watchdog got triggered[^]*espruino\.com[^]*>/);
  board.type("\x10E.enableWatchdog(0.05);while(1);\n");
  await board.until(/watchdog got triggered[^]*espruino\.com[^]*>/);
});
