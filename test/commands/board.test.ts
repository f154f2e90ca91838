import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { runVerb, startVerb, type RunningVerb } from "./run-verb.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "espruino-https-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function powerUp(...args: string[]): Promise<{ verb: RunningVerb; port: string }> {
  const verb = startVerb("board", args, { cwd: folder });
  const [, port = ""] = await verb.waitFor(/console at (tcp:\S+)[^]*Ctrl-C/);
  return { verb, port };
}

async function cutPower({ child, ended }: RunningVerb): ReturnType<typeof runVerb> {
  child.kill("SIGINT");
  return await ended;
}

test("the board says how to connect, keeps its flash in .board/, and ends with Ctrl-C", async () => {
  const first = await powerUp("--port", "0");
  await runVerb("repl", ["--port", first.port], { input: `require("Storage").write("note","kept")\n` });
  const { exitCode, text } = await cutPower(first.verb);
  assert.equal(exitCode, 0);
  assert.match(text, /npm run upload -- --port tcp:[^]*The board is off\.\n$/);
  assert.deepEqual(await readdir(join(folder, ".board")), ["node"]);
  const second = await powerUp("--port", "0");
  const { text: answer } = await runVerb("repl", ["--port", second.port], { input: `require("Storage").read("note")\n` });
  assert.match(answer, /="kept"/);
  await cutPower(second.verb);
});

test("a taken port is replaced by a free one, and that is said", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const taken = (other.address() as AddressInfo).port;
  const { verb, port } = await powerUp("--port", String(taken));
  assert.notEqual(port, `tcp://127.0.0.1:${taken}`);
  assert.match(verb.output.text, new RegExp(`Port ${taken} is taken by another program`));
  await cutPower(verb);
  other.close();
});
