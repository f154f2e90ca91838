import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Storage, StorageError } from "../../../scripts/board/node-engine/storage/storage.ts";
import { startSession, temporaryFolder } from "./board-session.ts";

const FLASH_BYTES = 896 * 1024;

test("files and boot code survive a restart of the board", async (context) => {
  const flashFolder = temporaryFolder(context);
  const first = await startSession(context, { flashFolder });
  await first.run("require('Storage').write('bytes','a\\0\\xff');" +
      "E.setBootCode('booted=require(\"Storage\").read(\"bytes\")')");
  await first.engine.stop();
  const second = await startSession(context, { flashFolder });
  assert.equal(await second.run("print(booted.length,booted.charCodeAt(2))"), "3 255\n");
});

test("boot order: .boot0-3, then .bootrst or .bootcde, init, onInit", async (context) => {
  const flashFolder = temporaryFolder(context);
  const storage = new Storage(flashFolder);
  storage.write(".boot1", "order='1'");
  storage.write(".boot0", "order='0'");
  storage.write(".bootcde", "order+='c';E.on('init',function(){order+='i'});function onInit(){order+='o'}");
  const board = await startSession(context, { flashFolder });
  assert.equal(await board.run("print(order)"), "1cio\n");
  board.type("\x10reset()\n");
  await board.until(/espruino\.com[^]*>/);
  assert.equal(await board.run("print(order)"), "1\n");
  board.type("\x10load()\n");
  assert.match(await board.run("print(order)"), /1cio\n$/);
});

test("an exception in boot code is printed and the board goes on", async (context) => {
  const flashFolder = temporaryFolder(context);
  new Storage(flashFolder).write(".bootcde", "throw new Error('in boot code')");
  const board = await startSession(context, { flashFolder });
  assert.equal(await board.run("print(1)"), "1\n");
});

test("pieces go only where nothing is written; the same content again takes no flash", (context) => {
  const storage = new Storage(temporaryFolder(context));
  storage.write("f", "abc", 0, 6);
  storage.write("f", "def", 3);
  assert.equal(storage.read("f"), "abcdef");
  const { freeBytes } = storage.stats;
  storage.write("f", "abcdef");
  assert.equal(storage.stats.freeBytes, freeBytes);
  assert.throws(() => storage.write("f", "x", 3), new StorageError("File already written with different data"));
  assert.throws(() => storage.write("f", "abcdefg", 3), new StorageError("Too much data for file size"));
  assert.throws(() => storage.write("g", "x", 3), new StorageError("Unable to find or create file"));
  assert.throws(() => storage.write("g", ""), new StorageError("Can't create zero length file"));
});

test("a full Storage compacts, and refuses what does not fit even then", (context) => {
  const storage = new Storage(temporaryFolder(context));
  let compactions = 0;
  storage.onCompact = () => compactions++;
  const half = "x".repeat(FLASH_BYTES / 2);
  storage.write("f", half);
  storage.write("f", `y${half.slice(1)}`);
  assert.equal(compactions, 1);
  assert.throws(() => storage.write("g", half), new StorageError("Unable to find or create file"));
});

test("a flash file of something else is named", (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, "storage.bin"), "something else");
  assert.throws(() => new Storage(folder), /storage\.bin is no flash/);
});

test("what write takes, names, JSON and append files", async (context) => {
  const board = await startSession(context);
  const printed = await board.run(
    "var S=require('Storage');function w(v){S.write('o',v);return S.read('o')}" +
      "print([w({a:1}),w([65,66]),w(new Uint8Array([67])),w(12).charCodeAt(0)].join());" +
      "try{w(undefined)}catch(e){print(e.message,e instanceof Error)};try{w('')}catch(e){print(e.message)};" +
      "S.write('123456789012345678901234567890','x');print(S.list(/^1/)[0].length);" +
      "S.writeJSON('j',{a:'\\xe9'});print(S.read('j'),S.readJSON('j').a.charCodeAt(0),S.readJSON('none'));" +
      "S.write('j','{bad');print(S.readJSON('j',true));" +
      "var f=S.open('log','w');f.write('abc\\n');f=S.open('log','a');f.write('d');f=S.open('log','r');" +
      "print(f.readLine()+f.read(9),f.read(1),S.list(undefined,{sf:true}));",
  );
  assert.equal(
    printed,
    "{\"a\":1},AB,C,12\nCan't get pointer to data to write true\nCan't create zero length file\n28\n{a:\"\\xE9\"} 233 undefined\nundefined\n" +
      'abc\nd undefined [ \n  "log"\n ]\n',
  );
});

test("require: cached before built in before Storage, and a missing module throws", async (context) => {
  const board = await startSession(context);
  const printed = await board.run(
    "var S=require('Storage');S.write('m','var own=1;leak=2;exports.a=own');S.write('net','exports.a=9');" +
      "print(require('m').a,typeof own,leak,require('m')===require('m'));print(typeof require('net').connect);" +
      "Modules.addCached('tls','exports.a=5');print(require('tls').a);try{require('none')}catch(e){print(e.message)}",
  );
  assert.equal(printed, '1 undefined 2 true\nfunction\n5\nModule "none" not found\n');
});
