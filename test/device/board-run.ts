// Runs test programs, bundled as the real ones are, on a virtual board, and asks them questions over its console.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine, World } from "../../scripts/board/engine.ts";
import { createEspruinoEngine } from "../../scripts/board/espruino-engine/engine.ts";
import { createNodeEngine, type NodeEngine, type NodeEngineOptions } from "../../scripts/board/node-engine/engine.ts";
import type { TlsLayoutName } from "../../scripts/board/node-engine/memory/layouts/layout.ts";
import type { BuiltBundle } from "../../scripts/build.ts";
import { builtProgram } from "../bundles/test-bundles.ts";

/** Both forms of a bundle have to run. */
export type BuildForm = "plain" | "minified";

/** Where a test runs, with the reason why it cannot run here, if there is one. */
export interface Target {
  engine: "node" | "espruino";
  form: BuildForm;
  skip: string | false;
}

const NO_INTERPRETER = process.env["ESPRUINO_BIN"] ? false : "ESPRUINO_BIN is not set";

/** Each engine with each form of the bundle. */
export const TARGETS: Target[] = [
  { engine: "node", form: "minified", skip: false },
  { engine: "node", form: "plain", skip: false },
  { engine: "espruino", form: "minified", skip: NO_INTERPRETER },
  { engine: "espruino", form: "plain", skip: NO_INTERPRETER },
];

/** The targets where one form says as much as both. */
export const MINIFIED_TARGETS = TARGETS.filter(({ form }) => form === "minified");

export const ACCESS_POINT = { ssid: "virtual-ap", password: "virtual-password" };

/** A world that the node engine can make worse: without `dhcp` the access point hands out no address. */
export type TestWorld = World & { accessPoint: { dhcp?: boolean } };

export interface BoardSetup {
  /** Storage files, `settings.json` for example; what is no text is written as JSON. */
  storage?: Record<string, unknown>;
  world?: Partial<TestWorld>;
  /** What `process.env.BOARD` says; the node engine only. Default "ESP32", or the board that has `tlsLayout`. */
  boardName?: string;
  /** How the firmware lays out its TLS state; the node engine only. */
  tlsLayout?: TlsLayoutName;
}

/** Name in Storage. */
const PROGRAM_FILE = "program";
const QUESTION_FILE = "question.json";
/** The firmware needs a piece that it writes in its stack, of 25,000 bytes. */
const PIECE_BYTES = 4096;
/** A line that a test reads starts with it; whatever else is printed is kept in `printed`. */
const MARK = "@ ";
/** The prompt, and the sequences that take it away, come before whatever a program prints. */
const PROMPT = /^(>|\r|\x1b\[[0-9;?]*[A-Za-z])+/;
/** The last line of what an engine prints when it starts anew. */
const END_OF_BANNER = /espruino\.com\/Donate|virtual board, no hardware/;
/** Longer than any deadline that is tested. */
const PATIENCE_MS = 25_000;

/**
 * Builds programs of test/device/programs, and programs of src/ by names that begin with "src/", unless that was done before.
 * @returns their bundles by name
 */
export async function buildPrograms(...names: string[]): Promise<{ bundles: Record<string, BuiltBundle> }> {
  const bundles: Record<string, BuiltBundle> = {};
  for (const name of names) bundles[name] = await builtProgram(name);
  return { bundles };
}

function boardOptions({ boardName, tlsLayout }: BoardSetup): Pick<NodeEngineOptions, "board" | "tlsLayout"> {
  return tlsLayout ? { tlsLayout } : { board: { board: boardName ?? "ESP32" } };
}

/** A virtual board with a program in its flash. */
export class DeviceBoard {
  /** Every line printed since the program was loaded that is not for the test. */
  printed: string[] = [];
  readonly engine: Target["engine"];
  /** The world it meets; changes are seen by the node engine only. */
  readonly world: TestWorld;
  readonly #engine: Engine;
  readonly #folder: string;
  #program: Buffer | undefined;
  #text = "";
  #answers: string[] = [];
  #wake: () => void = () => undefined;
  #exit: string | undefined;

  private constructor(target: Target, folder: string, setup: BoardSetup) {
    this.engine = target.engine;
    this.#folder = folder;
    this.world = { accessPoint: { ...ACCESS_POINT }, hosts: {}, ...setup.world };
    const options = { flashFolder: folder, world: this.world };
    this.#engine = target.engine === "espruino"
      ? createEspruinoEngine(options)
      : createNodeEngine({ ...options, ...boardOptions(setup) });
    void this.#engine.exited.then(({ reason }) => this.#end(reason));
    this.#engine.onOutput((bytes) => this.#take(Buffer.from(bytes).toString("latin1")));
  }

  /** Powers a board up. */
  static async start(target: Target, setup: BoardSetup = {}): Promise<DeviceBoard> {
    const folder = await mkdtemp(join(tmpdir(), "espruino-https-device-"));
    const board = new DeviceBoard(target, folder, setup);
    await board.#engine.start();
    for (const [name, content] of Object.entries(setup.storage ?? {})) await board.store(name, content);
    return board;
  }

  /**
   * Writes a file into the board's Storage. Not while a program runs from there: writing may move its code, and the firmware
   * does not notice.
   */
  async store(name: string, content: unknown): Promise<void> {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
    const source = await this.#valueOf(name, bytes);
    await this.ask(`(function(s,n,d){s.erase(n);for(var i=0;i<d.length;i+=${PIECE_BYTES})s.write(n,d.substr(i,${PIECE_BYTES}),i,d.length);print("${MARK}0")})` +
      `(require("Storage"),"${name}",${source})`);
  }

  /** Resets the board, runs a bundle from its flash, and waits until it says that it is ready (the first answer). */
  async load(bundle: BuiltBundle, form: BuildForm): Promise<unknown> {
    const code = await readFile(bundle[form]);
    if (!this.#program?.equals(code)) {
      // What is typed while it resets can get lost.
      this.printed = [];
      this.type("\x10reset()\n");
      await this.untilPrinted(END_OF_BANNER);
      await this.store(PROGRAM_FILE, code);
      this.#program = code;
    }
    this.printed = [];
    return await this.ask(`load("${PROGRAM_FILE}")`);
  }

  /** Types a line and gives the next answer: what the program prints after MARK, as JSON. */
  async ask(line: string): Promise<unknown> {
    this.type(`\x10${line}\n`);
    return await this.answer();
  }

  /** Gives a question to the program's global function `name`, and waits for the answer. */
  async call(name: string, question: unknown): Promise<unknown> {
    const json = await this.#valueOf(QUESTION_FILE, Buffer.from(JSON.stringify(question)));
    return await this.ask(`global["${name}"](JSON.parse(${json}))`);
  }

  /** The next answer. */
  async answer(): Promise<unknown> {
    await this.#until(() => this.#answers.length > 0, "an answer");
    return JSON.parse(this.#answers.shift()!);
  }

  /** Waits until a line that is not for the test matches. */
  untilPrinted(pattern: RegExp): Promise<void> {
    return this.untilCount(pattern, 1);
  }

  /** Waits until so many lines that are not for the test match. */
  async untilCount(pattern: RegExp, count: number): Promise<void> {
    await this.#until(() => this.printed.filter((line) => pattern.test(line)).length >= count, `${count} times ${String(pattern)}`);
  }

  /** For the settings: where the interpreter's RAM is, if the board's name does not tell. */
  get ram(): number[] | undefined {
    return this.#engine.ram;
  }

  /** What the TLS library did wrong with its heap; the node engine only. */
  heapFaults(): unknown[] {
    return "heapFaults" in this.#engine ? this.#engine.heapFaults as unknown[] : [];
  }

  /** What the firmware itself complained about. */
  complaints(): string[] {
    return this.printed.filter((line) => /^(ERROR|Uncaught|Execution Interrupted|OUT OF MEMORY|Error processing|Unhandled)/.test(line));
  }

  /** Switches the access point off or on; on the real interpreter its WiFi module does. */
  async setAccessPoint(isOn: boolean): Promise<void> {
    if (this.engine === "node") (this.#engine as NodeEngine).setAccessPoint(isOn);
    else await this.ask(`require("Wifi").setAccessPoint(${isOn});print("${MARK}0")`);
  }

  /** Makes the access point or the resolver behave otherwise from now on. */
  async changeWorld({ accessPoint = {}, hosts = {} }: { accessPoint?: Partial<TestWorld["accessPoint"]>; hosts?: TestWorld["hosts"] }): Promise<void> {
    Object.assign(this.world.accessPoint, accessPoint);
    Object.assign(this.world.hosts, hosts);
    if (this.engine === "node") return;
    const assign = `Object.assign(w.accessPoint,${JSON.stringify(accessPoint)});Object.assign(w.hosts,${JSON.stringify(hosts)})`;
    await this.ask(`(function(w){${assign};print("${MARK}0")})(require("Wifi").world)`);
  }

  type(text: string): void {
    this.#engine.write(Buffer.from(text, "latin1"));
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** What to type for a value of these bytes: the Linux builds would take ten seconds for a typed program, and read a file instead. */
  async #valueOf(name: string, bytes: Uint8Array): Promise<string> {
    if (this.engine === "node") return `atob("${Buffer.from(bytes).toString("base64")}")`;
    await writeFile(join(this.#folder, name), bytes);
    return `require("fs").readFileSync("${name}")`;
  }

  #take(text: string): void {
    const lines = (this.#text + text).split(/\r?\n/);
    this.#text = lines.pop()!;
    for (const line of lines.map((each) => each.replace(PROMPT, ""))) {
      if (line.startsWith(MARK)) this.#answers.push(line.slice(MARK.length));
      else if (line !== "") this.printed.push(line);
    }
    this.#wake();
  }

  #end(reason: string): void {
    this.#exit = reason;
    this.#wake();
  }

  async #until(isThere: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!isThere()) {
      const leftMs = deadline - Date.now();
      const reason = this.#exit ?? (leftMs <= 0 ? `waited ${PATIENCE_MS} ms` : undefined);
      if (reason !== undefined) throw new Error(`The board gave not ${what}: ${reason}. It printed:\n${this.printed.slice(-30).join("\n")}\n${this.#text}`);
      await this.#more(leftMs);
    }
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
