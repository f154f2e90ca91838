import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { ENGINES, TestBoards } from "../board/test-board.ts";
import { KEYS, NO_TERMINAL, verbInTerminal, type TerminalRun } from "./pseudo-terminal.ts";
import { runVerb, startVerb } from "./run-verb.ts";

const PROMPT = />\x1b\[2G$/;
/** Redrawn after output came above it: line start, rub out, prompt, text, cursor. */
const REDRAWN = (text: string): RegExp => new RegExp(`\\x1b\\[1G\\x1b\\[0J>${text}\\x1b\\[\\d+G`);

for (const { engine, skip } of ENGINES) {
  describe(`npm run repl at the ${engine} engine, piped`, { skip }, () => {
    const boards = new TestBoards();
    afterEach(() => boards.release());

    test("what is piped in is typed, and the answer shown", async () => {
      const { port } = await boards.powerUp(engine);
      const { exitCode, text } = await runVerb("repl", ["--port", port], { input: "6*7\n" });
      assert.equal(exitCode, 0);
      assert.match(text, /=42\r\n>/);
    });

    test("a board that goes away ends it with 1", async () => {
      const board = await boards.powerUp(engine);
      const terminal = startVerb("repl", ["--port", board.port]);
      terminal.child.stdin?.write("6*7\n");
      await terminal.waitFor(/=42/);
      await board.stop();
      const { exitCode, text } = await terminal.ended;
      assert.equal(exitCode, 1);
      assert.match(text, /The board at tcp:\S+ went away\./);
    });
  });

  describe(`npm run repl at the ${engine} engine, in a terminal`, { skip: skip || NO_TERMINAL }, () => {
    const boards = new TestBoards();
    let terminal!: TerminalRun;
    let stateFolder: string;
    before(async () => {
      stateFolder = await boards.flashFolder();
      const { port } = await boards.powerUp(engine);
      terminal = verbInTerminal("repl", ["--port", port], { env: { XDG_STATE_HOME: stateFolder } });
      await terminal.waitFor(/Connected to tcp:[^]*espruino\.com[^]*>\x1b\[2G$/);
    });
    after(async () => {
      await (terminal as TerminalRun | undefined)?.close();
      await boards.release();
    });

    /** Types keys and waits for what comes of them, and the prompt. */
    async function type(keys: string, answer: RegExp): Promise<string> {
      terminal.type(keys);
      const [, ...groups] = await terminal.waitFor(new RegExp(`(${answer.source})[^]*${PROMPT.source}`));
      return groups[0]!;
    }

    test("a line is edited with the arrows, also when the keys come at once, and its echo is not shown again", async () => {
      await type(`1+3${KEYS.left}${KEYS.left}1${KEYS.enter}`, /\n[^\n]*=14\r\n/);
      assert.equal(terminal.text.match(/11\+3/g)?.length, 1);
    });

    test("the arrow up brings lines back", async () => {
      terminal.type(KEYS.up);
      await terminal.waitFor(/11\+3/);
      await type(`0${KEYS.enter}`, /=41\r\n/);
    });

    test("an open bracket is shown by the board's own prompt, and Ctrl-C gives the input up", async () => {
      terminal.type("function twice(a) {\r");
      await terminal.waitFor(/:\x1b\[2G$/);
      terminal.type("return a*2;\r");
      await terminal.waitFor(/:\x1b\[2G$/);
      await type("}\r", /=function/);
      await type("twice(21)\r", /=42\r\n/);
      terminal.type("twice(\r");
      await terminal.waitFor(/:\x1b\[2G$/);
      terminal.type(KEYS.ctrlC);
      await terminal.waitFor(PROMPT);
      await type("7*7\r", /=49\r\n/);
    });

    test("what the board prints while a line is typed leaves the line as it is", async () => {
      await type("setTimeout(function(){print('late')},400)\r", /=\d+\r\n/);
      terminal.type("twice(2");
      await terminal.waitFor(/late\r\n/);
      await terminal.waitFor(REDRAWN("twice\\(2"));
      await type("2)\r", /=44\r\n/);
    });

    test("output cannot steer the terminal, and an error code has its hint", async () => {
      await type("print('\\x1b]0;title\\x07 E_DNS')\r", /title\S* E_DNS\r\n[^]*hint: The name of the server/);
      assert.doesNotMatch(terminal.text, /\x1b\]0;title|\x07/);
    });

    test("Ctrl-C clears what is typed, and interrupts what runs", async () => {
      terminal.type("nonsense(");
      await terminal.waitFor(/nonsense\(/);
      terminal.type(KEYS.ctrlC);
      await type("2+3\r", /=5\r\n/);
      terminal.type("print('ru'+'ns');while(true);\r");
      await terminal.waitFor(/runs\r\n/);
      terminal.type(KEYS.ctrlC);
      if (engine === "espruino") {
        await terminal.waitFor(/debugger[^]*debug>/);
        terminal.type(KEYS.ctrlC);
      }
      await type("9*9\r", /=81\r\n/);
      assert.match(terminal.text, /Execution Interrupted/);
    });

    test("several lines at once run in their order", async () => {
      await type("var n=1\rn+=10\rn*=2\rn+'!'\r", /="22!"\r\n/);
    });

    test(".status without a program of ours says so and shows what the firmware knows; .help, .mem, .wifi and unknown commands answer", async () => {
      const status = await type(".status\r", /No program of this project runs[^]*memory[^\n]*\r\n/);
      assert.match(status, engine === "node" ? /board {5}ESP32, Espruino 2v29/ : /board {5}LINUX, Espruino 2v/);
      await type(".mem\r", /memory {4}\d+ of \d+ variables/);
      await type(".wifi\r", /wifi {6}no network/);
      await type(".requests\r", /No program of this project runs here/);
      await type(".hlep\r", /There is no command \.hlep/);
      await type(".help\r", /\.reboot/);
      assert.doesNotMatch(terminal.text, /@re/);
    });

    test(".status of a program that runs and prints shows its requests", async () => {
      await type('function status(){return{clock:undefined,requests:[[1795314669,200,"q0d1t2",5,"ca",1795401069,"","www.example.com","R11"].join("\\t")]}}\r', /=function/);
      await type("var ticks=setInterval(function(){print('tick')},50)\r", /=\d+\r\n/);
      const status = await type(".status\r", /requests[^]*total 2 ms\r\n/);
      assert.match(status, /GET www\.example\.com: 200, 5 bytes\r\n +verified by ca, issued by "R11", certificate until 2026-11-23/);
      await type("clearInterval(ticks)\r", /=undefined\r\n/);
    });

    test(".reboot starts the board anew, where it can", async () => {
      await type("var kept=1\r", /=1\r\n/);
      if (engine === "espruino") {
        await type(".reboot\r", /An interpreter for Linux cannot reboot/);
        return;
      }
      await type(".reboot\r", /Rebooting[^]*espruino\.com/);
      await type("typeof kept\r", /="undefined"/);
    });

    test("Ctrl-D leaves with 0; the history is the user's own file, without what looks secret", async () => {
      await type("var password='hunter2'\r", /="hunter2"/);
      terminal.type(KEYS.ctrlD);
      assert.equal((await terminal.ended).exitCode, 0);
      const file = join(stateFolder, "espruino-https", "repl-history");
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const lines = (await readFile(file, "utf8")).split("\n");
      assert.deepEqual(lines.slice(0, 2), ["11+3", "11+30"]);
      assert.doesNotMatch(lines.join(), /hunter2/);
    });
  });
}

describe("npm run repl, in a terminal", { skip: NO_TERMINAL }, () => {
  const boards = new TestBoards();
  let env: Record<string, string>;
  beforeEach(async () => {
    env = { XDG_STATE_HOME: await boards.flashFolder() };
  });
  afterEach(() => boards.release());

  test("a board that goes away ends it with 1", async () => {
    const board = await boards.powerUp("node");
    const terminal = verbInTerminal("repl", ["--port", board.port], { env });
    await terminal.waitFor(/espruino\.com[^]*>\x1b\[2G$/);
    await board.stop();
    const { exitCode, text } = await terminal.ended;
    assert.equal(exitCode, 1);
    assert.match(text, /The board at tcp:\S+ went away\./);
  });

  test("after .reboot it connects again when the port comes back", async (context) => {
    const consoles = await rebootingConsole();
    context.after(() => consoles.close());
    const terminal = verbInTerminal("repl", ["--port", consoles.port], { env });
    context.after(() => terminal.close());
    await terminal.waitFor(/Connected/);
    terminal.type(".reboot\r");
    await terminal.waitFor(/Rebooting[^]*Connected again/);
    terminal.type("1\r");
    await terminal.waitFor(/=one/);
    terminal.type(".exit\r");
    assert.equal((await terminal.ended).exitCode, 0);
  });
});

/** A console that answers little, and breaks off for a moment on E.reboot(). */
async function rebootingConsole(): Promise<{ port: string; close(): void }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const [, token] = /\+"(\w{16}) "/.exec(bytes.toString()) ?? [];
      if (token) socket.write(`>@repl ${token} {"value":{"board":"ESP32C3"}}\r\n>`);
      else if (bytes.includes("E.reboot()")) socket.destroy();
      else socket.write("1\r\n=one\r\n>");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

test("a port that is no serial port is named, with exit code 1", async () => {
  const { exitCode, text } = await runVerb("repl", ["--port", "/dev/null"]);
  assert.equal(exitCode, 1);
  assert.match(text, /Cannot reach \/dev\/null\.\n.*Inappropriate ioctl|There is no serial port \/dev\/null/);
});
