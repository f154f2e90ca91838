import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  createNodeEngine,
  type NodeEngine,
  type NodeEngineOptions,
} from "../../../scripts/board/node-engine/engine.ts";

/** How long a test waits for output that should come at once. */
const PATIENCE_MS = 10_000;

/** A board that a test types at. */
export interface Session {
  engine: NodeEngine;
  /** Types bytes, one character each. */
  type(bytes: string): void;
  /** Waits until what was printed since the last call matches, takes that away and gives it. */
  until(pattern: RegExp | string): Promise<string>;
  /** Runs a line without echo and gives what it printed before the prompt came back. */
  run(code: string): Promise<string>;
}

/** A folder for a flash that goes when the test ends. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "espruino-https-board-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Powers a board up; it stops when the test ends. */
export async function startSession(context: TestContext, options: Partial<NodeEngineOptions> = {}): Promise<Session> {
  const flashFolder = options.flashFolder ?? temporaryFolder(context);
  const world = { accessPoint: { ssid: "virtual-ap", password: "virtual-password" }, hosts: {} };
  const engine = createNodeEngine({ flashFolder, world, ...options });
  const output = new Output();
  engine.onOutput((bytes) => output.add(Buffer.from(bytes).toString("latin1")));
  context.after(() => engine.stop());
  await engine.start();
  const type = (bytes: string) => engine.write(Buffer.from(bytes, "latin1"));
  const until = (pattern: RegExp | string) => output.until(pattern);
  await until(/>$/);
  let count = 0;
  return {
    engine,
    type,
    until,
    async run(code) {
      const end = `<<${++count}>>`;
      type(`\x10${code}\n\x10print(${JSON.stringify(end)})\n`);
      const printed = await until(`${end}\r\n>`);
      return printed.slice(0, -`${end}\r\n>`.length).replaceAll("\r\n", "\n");
    },
  };
}

class Output {
  #text = "";
  #wake: () => void = () => {};

  add(text: string): void {
    this.#text += text;
    this.#wake();
  }

  async until(pattern: RegExp | string): Promise<string> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const end = this.#endOf(pattern);
      if (end !== undefined) {
        const taken = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return taken;
      }
      if (Date.now() > deadline) throw new Error(`No ${String(pattern)} in ${JSON.stringify(this.#text)}`);
      await this.#more(deadline - Date.now());
    }
  }

  #endOf(pattern: RegExp | string): number | undefined {
    if (typeof pattern === "string") {
      const at = this.#text.indexOf(pattern);
      return at < 0 ? undefined : at + pattern.length;
    }
    const match = pattern.exec(this.#text);
    return match ? match.index + match[0].length : undefined;
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
