import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { World } from "../../../../scripts/board/engine.ts";
import { createNodeEngine } from "../../../../scripts/board/node-engine/engine.ts";
import { isDone } from "./scenario.ts";

const DEADLINE_MS = 15_000;
/** At the start of a line it keeps the REPL from echoing that line. */
const NO_ECHO = "\x10";
const PROMPT = /^(>|\r|\x1b\[J|\x1b\[K|\x1b\[\d+[A-Z])+/;
const ACCESS_POINT = { ssid: "virtual-ap", password: "virtual-password" };

/** A node engine at its console. */
export interface NodeBoard {
  /** Types a program and gives the lines printed until it says that it is done, or `isComplete` is true of them. */
  run(program: string, isComplete?: (lines: string[]) => boolean): Promise<string[]>;
  stop(): Promise<void>;
}

/** Powers a board up. `world` adds to one whose access point is "virtual-ap". */
export async function startNodeBoard(world: Partial<World> = {}): Promise<NodeBoard> {
  const flashFolder = await mkdtemp(join(tmpdir(), "node-board-"));
  const engine = createNodeEngine({ flashFolder, world: { accessPoint: ACCESS_POINT, hosts: {}, ...world } });
  const output = new Output();
  engine.onOutput((bytes) => output.append(bytes));
  await engine.start();
  return {
    run(program, isComplete = isDone) {
      const lines = output.until(isComplete);
      engine.write(Buffer.from(typed(program), "latin1"));
      return lines;
    },
    async stop() {
      await engine.stop();
      await rm(flashFolder, { recursive: true });
    },
  };
}

/** Powers a board up and joins its access point. */
export async function startJoinedBoard(world: Partial<World> = {}): Promise<NodeBoard> {
  const board = await startNodeBoard(world);
  const { ssid, password } = ACCESS_POINT;
  await board.run(`require("Wifi").connect("${ssid}", {password:"${password}"}, function(e) { print("@ done"); });`);
  return board;
}

/** One function call, so that nothing runs before all is typed, and nothing stays behind as a global. */
function typed(program: string): string {
  const lines = ["(function() {", ...program.split("\n"), "})();"].filter((line) => line !== "");
  return lines.map((line) => `${NO_ECHO}${line}\n`).join("");
}

/** What the console printed since the last question. */
class Output {
  #text = "";
  #check: () => void = () => {};

  append(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString("latin1");
    this.#check();
  }

  /** Gives the lines once `isComplete` is true of them; rejects, with what was printed, when that takes too long. */
  until(isComplete: (lines: string[]) => boolean): Promise<string[]> {
    this.#text = "";
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`The program never ended:\n${this.#text}`)), DEADLINE_MS);
      this.#check = () => {
        const lines = this.#text.split(/\r?\n/).map((line) => line.replace(PROMPT, ""));
        if (!isComplete(lines)) return;
        clearTimeout(deadline);
        resolve(lines);
      };
    });
  }
}
