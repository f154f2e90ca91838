// A virtual board with the outbox in its Storage, whose power goes and comes back with the flash as it was.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Engine, EngineExit } from "../../scripts/board/engine.ts";
import { createEspruinoEngine } from "../../scripts/board/espruino-engine/engine.ts";
import { interpreterPath } from "../../scripts/board/espruino-engine/interpreter.ts";
import { createNodeEngine, type NodeEngine } from "../../scripts/board/node-engine/engine.ts";
import type { PowerCut } from "../../scripts/board/node-engine/storage/power-supply.ts";
import { Storage } from "../../scripts/board/node-engine/storage/storage.ts";
import { builtModule } from "../bundles/test-bundles.ts";

export const ACCESS_POINT = { ssid: "powered-ap", password: "powered-password" };
/** Longer than anything that is waited for. */
const PATIENCE_MS = 20_000;
/** Prompts come before what is printed. */
const LINE = /^[\x1b[J>\r]*@ (.*)$/;

/** The module as a board gets it. */
export async function builtOutbox(): Promise<string> {
  return await readFile((await builtModule("outbox")).minified, "latin1");
}

/** One board; what it prints behind "@ ", or what another pattern takes, is for the test. */
export class PoweredBoard {
  readonly #folder: string;
  readonly #kind: "node" | "espruino";
  readonly #pattern: RegExp;
  #engine: Engine | undefined;
  #lines: string[] = [];
  #text = "";
  #wake: () => void = () => {};

  private constructor(kind: "node" | "espruino", folder: string, pattern: RegExp) {
    this.#kind = kind;
    this.#pattern = pattern;
    this.#folder = folder;
  }

  /**
   * @param files what is in its Storage
   * @param pattern of the lines that are for the test; its first group is taken
   */
  static async make(kind: "node" | "espruino", files: Record<string, string | Buffer>, pattern = LINE): Promise<PoweredBoard> {
    const folder = await mkdtemp(join(tmpdir(), "espruino-https-powered-"));
    if (kind === "node") {
      const storage = new Storage(folder);
      for (const [name, content] of Object.entries(files)) storage.write(name, Buffer.from(content).toString("latin1"));
    } else await storeOnEspruino(folder, files);
    return new PoweredBoard(kind, folder, pattern);
  }

  async powerUp(): Promise<void> {
    const common = { flashFolder: this.#folder, world: { accessPoint: { ...ACCESS_POINT }, hosts: {} } };
    const engine = this.#kind === "node" ? createNodeEngine(common) : createEspruinoEngine(common);
    this.#engine = engine;
    this.#lines = [];
    this.#text = "";
    engine.onOutput((bytes) => this.#take(Buffer.from(bytes).toString("latin1")));
    void engine.exited.then(() => this.#wake());
    await engine.start();
  }

  /** Where the interpreter's RAM is, if its name does not tell. */
  get ram(): number[] | undefined {
    return this.#engine?.ram;
  }

  /** Switches the access point off or on. The node engine only. */
  setAccessPoint(isOn: boolean): void {
    (this.#engine as NodeEngine).setAccessPoint(isOn);
  }

  /** kill -9. */
  async cutPower(): Promise<string[]> {
    await this.#engine?.stop();
    return this.#lines;
  }

  /** Waits until the interpreter has ended by itself. */
  async ended(): Promise<EngineExit> {
    return await this.#engine!.exited;
  }

  /** Runs code until the power goes inside an operation on flash, and gives what was printed. The node engine only. */
  async runUntilCut(cut: PowerCut, code = ""): Promise<{ exit: EngineExit; lines: string[] }> {
    (this.#engine as NodeEngine).cutPowerAfter(cut);
    if (code !== "") this.type(code);
    const exit = await this.#engine!.exited;
    return { exit, lines: this.#lines };
  }

  /** Types a line; what was printed before it is forgotten. */
  type(code: string): void {
    this.#lines = [];
    this.#engine!.write(Buffer.from(`\x10${code}\n`, "latin1"));
  }

  /** Waits for so many lines. */
  lines(count: number): Promise<string[]> {
    return this.linesUntil((lines) => lines.length >= count);
  }

  /** Waits until the lines are as they should be. */
  async linesUntil(isEnough: (lines: string[]) => boolean): Promise<string[]> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isEnough(this.#lines)) {
      if (Date.now() > deadline) throw new Error(`Waited for lines: ${this.#lines.slice(-20).join("|")} ${this.#text}`);
      await this.#more(deadline - Date.now());
    }
    return this.#lines;
  }

  /** Types an expression and gives its value. */
  async ask(expression: string): Promise<unknown> {
    this.type(`print("@ "+JSON.stringify(${expression}))`);
    return JSON.parse((await this.lines(1))[0]!);
  }

  async remove(): Promise<void> {
    await this.cutPower();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #take(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop()!;
    this.#lines.push(...lines.map((line) => this.#pattern.exec(line.trimEnd())?.[1]).filter((line) => line !== undefined));
    this.#wake();
  }

  #more(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function storeOnEspruino(folder: string, files: Record<string, string | Buffer>): Promise<void> {
  const names = Object.keys(files);
  for (const name of names) await writeFile(join(folder, `${name}.file`), files[name]!);
  const statements = names.map((name) => `require("Storage").write("${name}",require("fs").readFileSync("${name}.file"));\n`);
  await writeFile(join(folder, "store.js"), statements.join(""));
  await promisify(execFile)(interpreterPath(), ["store.js"], { cwd: folder });
}
