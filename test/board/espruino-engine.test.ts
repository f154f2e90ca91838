import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { DEFAULT_WORLD } from "../../scripts/board/board.ts";
import type { Engine } from "../../scripts/board/engine.ts";
import { createEspruinoEngine } from "../../scripts/board/espruino-engine/engine.ts";
import { interpreterPath } from "../../scripts/board/espruino-engine/interpreter.ts";
import { OutputWatcher } from "./output-watcher.ts";

const skip = process.env.ESPRUINO_BIN ? false : "ESPRUINO_BIN is not set";
const WORLD = { ...DEFAULT_WORLD, hosts: { "known.example": "127.0.0.9", "silent.example": "silent", "gone.example": "unknown" } };

let flashFolder: string;
let engines: Engine[];

beforeEach(async () => {
  engines = [];
  flashFolder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
});

afterEach(async () => {
  for (const engine of engines) await engine.stop();
  await rm(flashFolder, { recursive: true, force: true });
});

async function powerUp(): Promise<{ engine: Engine; output: OutputWatcher; type: (text: string) => void }> {
  const engine = createEspruinoEngine({ flashFolder, world: WORLD });
  engines.push(engine);
  const output = new OutputWatcher();
  engine.onOutput((bytes) => output.take(bytes));
  await engine.start();
  return { engine, output, type: (text) => engine.write(Buffer.from(text, "latin1")) };
}

/** Runs statements that call say(x), and gives the first thing said as JSON. */
async function ask(statements: string): Promise<unknown> {
  const { output, type } = await powerUp();
  type(`\x10var say=function(x){print("<"+"<",JSON.stringify(x),">"+">")};${statements}\n`);
  return JSON.parse((await output.waitFor(/<< (.*) >>/))[1] ?? "");
}

test("an unset or wrong ESPRUINO_BIN is refused with what to do", () => {
  assert.throws(() => interpreterPath(""), /set ESPRUINO_BIN to an Espruino built for Linux/);
  assert.throws(() => interpreterPath("/no/such/espruino"), /ESPRUINO_BIN names "\/no\/such\/espruino", which is no program/);
});

test("the REPL evaluates what is typed", { skip }, async () => {
  const { output, type } = await powerUp();
  type("6*7\n");
  await output.waitFor(/=42\r\n>/);
});

test("Storage survives a power cut, and so does the WiFi module after reset()", { skip }, async () => {
  const first = await powerUp();
  first.type("\x10require('Storage').write('note','kept');print('wri'+'tten')\n");
  await first.output.waitFor(/written/);
  await first.engine.stop();
  const second = await powerUp();
  second.type("\x10reset()\n");
  await second.output.waitFor(/espruino\.com[^]*espruino\.com[^]*>/);
  second.type("\x10print(require('Storage').read('note'), typeof require('Wifi').connect)\n");
  await second.output.waitFor(/kept function/);
});

test("Ctrl-C ends an endless loop, and Ctrl-D does not end the board", { skip }, async () => {
  const { output, type } = await powerUp();
  type("\x10print('loop'+'ing');while (true);\n");
  await output.waitFor(/looping/);
  type("\x03");
  // Which of the two depends on where the loop was: the Linux build has a debugger.
  await output.waitFor(/debug>|Execution Interrupted/);
  type("quit\n\x04");
  type("1234*2\n");
  await output.waitFor(/2468/);
});

test("the right password joins the access point: events, then the callback, then an address", { skip }, async () => {
  const said = await ask(`var w=require("Wifi"),log=[];w.on("associated",function(e){log.push("associated "+e.ssid)});
    w.on("connected",function(e){log.push("connected "+e.ip)});
    w.connect("virtual-ap",{password:"virtual-password"},function(e){log.push(e);
    w.getIP(function(e,i){log.push(i.ip,w.getDetails().status);say(log)})});log.push("returned");`.replace(/\n\s*/g, ""));
  assert.deepEqual(said, ["returned", null, "associated virtual-ap", "connected 192.0.2.2", "192.0.2.2", "connected"]);
});

test("a wrong password and a wrong name are told apart", { skip }, async () => {
  assert.equal(await ask(`require("Wifi").connect("virtual-ap",{password:"x"},say)`), "AUTH_FAIL");
  assert.equal(await ask(`require("Wifi").connect("other",{password:"virtual-password"},say)`), "NO_AP_FOUND");
});

test("connect() throws for a name that is no string", { skip }, async () => {
  assert.match(String(await ask(`try{require("Wifi").connect(5,{})}catch(e){say(e.message)}`)), /SSID/);
});

test("names are resolved as the world says, once the board is connected", { skip }, async () => {
  const lookUp = (name: string): string => `require("Wifi").connect("virtual-ap",{password:"virtual-password"},function(){
    require("Wifi").getHostByName("${name}",say)})`.replace(/\n\s*/g, "");
  assert.equal(await ask(lookUp("known.example")), "127.0.0.9");
  assert.equal(await ask(lookUp("gone.example")), null);
  assert.equal(await ask(lookUp("192.0.2.7")), "192.0.2.7");
  assert.equal(await ask(`require("Wifi").getHostByName("known.example",say)`), null);
});

test("a lost link is told by an event", { skip }, async () => {
  const said = await ask(`var w=require("Wifi");w.on("disconnected",function(e){say([e.msg,w.getIP().ip])});
    w.connect("virtual-ap",{password:"virtual-password"},function(){w.loseLink()})`.replace(/\n\s*/g, ""));
  assert.deepEqual(said, ["BEACON_TIMEOUT", "0.0.0.0"]);
});

test("there is room for TLS beside a program in RAM, after a reset too", { skip }, async () => {
  const { output, type } = await powerUp();
  type("\x10reset()\n");
  await output.waitFor(/espruino\.com[^]*espruino\.com[^]*>/);
  type("\x10print('room',process.memory().total>=16383)\n");
  await output.waitFor(/room true/);
});

test("an interpreter that ends by itself is reported", { skip }, async () => {
  const { engine, type } = await powerUp();
  type("\x10quit()\n");
  assert.match((await engine.exited).reason, /interpreter ended with code 0/);
});

test("the interpreter does not outlive a board process that is killed", { skip }, async () => {
  // A connection of the program shows whether the interpreter lives.
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const program = `\x10require("net").connect({host:"127.0.0.1",port:${(server.address() as AddressInfo).port}})\n`;
  const script = `import { createEspruinoEngine } from "./scripts/board/espruino-engine/engine.ts";
    const engine = createEspruinoEngine(${JSON.stringify({ flashFolder, world: WORLD })});
    await engine.start();
    engine.write(Buffer.from(${JSON.stringify(program)}));`;
  const board = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { stdio: "inherit" });
  const [connection] = (await once(server, "connection")) as [Socket];
  connection.on("error", () => {}).resume();
  board.kill("SIGKILL");
  await once(connection, "close");
  server.close();
});

test("a program that cannot be an interpreter is reported at the start", { skip: process.platform === "win32" }, async () => {
  const engine = createEspruinoEngine({ flashFolder, world: WORLD }, "/bin/false");
  await assert.rejects(engine.start(), /Cannot prepare the flash/);
  await engine.stop();
});
