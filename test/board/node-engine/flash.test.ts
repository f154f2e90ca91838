import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { FlashChip } from "../../../scripts/board/node-engine/storage/flash-chip.ts";
import { PowerSupply } from "../../../scripts/board/node-engine/storage/power-supply.ts";
import { Storage } from "../../../scripts/board/node-engine/storage/storage.ts";
import { startSession, temporaryFolder } from "./board-session.ts";

const INTERPRETER = process.env["ESPRUINO_BIN"];
const PAGE_BYTES = 4096;

/** What a program can see of the module; B is an address where a page starts, and it prints the same on every firmware. */
const PROGRAM = `
var F=require("Flash");
function t(f){try{var v=f();print("@",typeof v,v&&v.buffer?E.toString(v).split("").map(function(c){return c.charCodeAt(0)}).join():v)}catch(e){print("@",e.toString())}}
print("@",Object.getOwnPropertyNames(F).join());
t(function(){return F.getPage(B+5).addr-B});
t(function(){return F.getPage(0x7fffffff)});
t(function(){return F.getFree().filter(function(a){return a.addr<=B&&B+65536<=a.addr+a.length}).length});
t(function(){return F.erasePage("x")});
t(function(){return F.erasePage()});
t(function(){return F.erasePage(1.5)});
t(function(){return F.erasePage(B+7)});
t(function(){return F.write(undefined,B)});
t(function(){return F.write(null,B)});
t(function(){return F.write("",B)});
t(function(){return F.write("abcde",B+1)});
t(function(){return F.write([1,2],B+6)});
t(function(){return F.write(7,B+8)});
t(function(){return F.write(new Uint8Array([1,255]),B+12)});
t(function(){return F.write({data:"q",count:2},B+16)});
t(function(){return F.read(20,B)});
t(function(){return F.write("\\x0f\\xf0",B+3)});
t(function(){return F.read(4,B+2)});
t(function(){return F.read("4",B)});
t(function(){return F.read(0,B)});
t(function(){return F.read(-1,B)});
t(function(){F.erasePage(B+9);return F.read(3,B)});
`;

const EXPECTED = [
  "erasePage,getFree,getPage,read,write", "number 0", "undefined undefined", "number 1",
  "Error: Address should be an integer, got String", "Error: Address should be an integer, got undefined",
  "Error: Address should be an integer, got Number", "undefined undefined", "Error: Data is not defined",
  "TypeError: Expecting Number or iterable, got null", ...Array.from({ length: 6 }, () => "undefined undefined"),
  "object 255,97,98,99,100,101,1,2,7,255,255,255,1,255,255,255,113,113,255,255", "undefined undefined", "object 98,3,96,101",
  "object 255,97,98,3", "undefined undefined", "undefined undefined", "object 255,255,255",
];

function printed(output: string): string[] {
  return output.replaceAll("\r", "").split("\n").filter((line) => line.startsWith("@ ")).map((line) => line.slice(2));
}

test("require('Flash') on the node engine", async (context) => {
  const flashFolder = temporaryFolder(context);
  new Storage(flashFolder).write("program", `B=0x310000;${PROGRAM}print("end")`);
  const board = await startSession(context, { flashFolder });
  board.type('\x10load("program")\n');
  assert.deepEqual(printed(await board.until("end\r\n")), EXPECTED);
  assert.match(await board.run("try{require('Flash').write('x',0x10000)}catch(e){print(e.message)}"), /no flash to change at 0x10000/);
  assert.match(await board.run("try{require('Flash').write('xx',0x31ffff)}catch(e){print(e.message)}"), /no flash to change at 0x31ffff/);
  assert.equal(await board.run("print(require('Flash').read(1,0x10000)[0])"), "255\n");
});

test("require('Flash') on a real interpreter", { skip: !INTERPRETER && "ESPRUINO_BIN is not set" }, async (context) => {
  const cwd = temporaryFolder(context);
  writeFileSync(join(cwd, "program.js"), `B=0x10030000;${PROGRAM}`);
  const { stdout } = await promisify(execFile)(INTERPRETER!, ["program.js"], { cwd, encoding: "latin1" });
  assert.deepEqual(printed(stdout), EXPECTED);
});

test("what is written is there after a restart", async (context) => {
  const flashFolder = temporaryFolder(context);
  const first = await startSession(context, { flashFolder });
  await first.run("require('Flash').write('kept',0x31fff0)");
  await first.engine.stop();
  const second = await startSession(context, { flashFolder });
  assert.equal(await second.run("print(E.toString(require('Flash').read(4,0x31fff0)))"), "kept\n");
});

test("a partition file of another length is named", async (context) => {
  const flashFolder = temporaryFolder(context);
  writeFileSync(join(flashFolder, "partition.bin"), "x");
  await assert.rejects(startSession(context, { flashFolder }), /partition\.bin has 1 bytes/);
});

test("the power goes inside a write, and the engine ends as if unplugged", async (context) => {
  const flashFolder = temporaryFolder(context);
  const board = await startSession(context, { flashFolder, cutPower: { bytes: 6 } });
  board.type("\x10require('Flash').write('abcd',0x310000);require('Flash').write('efgh',0x310004);print('on')\n");
  assert.equal((await board.engine.exited).reason, "power cut");
  const again = await startSession(context, { flashFolder });
  assert.match(await again.run("print(E.toString(require('Flash').read(8,0x310000)))"), /^abcdef.\xff\n$/);
});

test("the power goes inside a compaction: files that were still in RAM are lost", async (context) => {
  const flashFolder = temporaryFolder(context);
  const board = await startSession(context, { flashFolder });
  await board.run("S=require('Storage');S.write('trash','x');S.erase('trash');for(i=0;i<3;i++)S.write('f'+i,'0123456789abcdef')");
  board.engine.cutPowerAfter({ bytes: 32 + 16 + 32 + 4 });
  board.type("\x10S.compact()\n");
  assert.equal((await board.engine.exited).reason, "power cut");
  const again = new Storage(flashFolder);
  assert.deepEqual(again.list().map((name) => again.read(name)), ["0123456789abcdef", `0123${"\xff".repeat(12)}`]);
});

function chipWithCut(bytes: number, seed: number): FlashChip {
  const power = new PowerSupply();
  const chip = new FlashChip(Buffer.alloc(2 * PAGE_BYTES), PAGE_BYTES, power);
  power.cutAfter({ bytes, seed });
  assert.throws(() => chip.erasePage(PAGE_BYTES + 9), /power was cut/);
  return chip;
}

test("an erase that is cut leaves the start erased, or the end, or any bits; never another page", () => {
  const ways = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const chip = chipWithCut(100, seed);
    const page = [...chip.bytes.subarray(PAGE_BYTES)];
    const erased = page.filter((byte) => byte === 0xff).length;
    ways.add(erased !== 100 ? "any" : page[0] === 0xff ? "start" : "end");
    assert.ok(chip.bytes.subarray(0, PAGE_BYTES).every((byte) => byte === 0));
    assert.deepEqual(chipWithCut(100, seed).bytes, chip.bytes, "the same seed does the same");
  }
  assert.deepEqual([...ways].sort(), ["any", "end", "start"]);
});
