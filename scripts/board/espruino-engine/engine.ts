import { spawn, type ChildProcess } from "node:child_process";
import type { Writable } from "node:stream";
import type { Engine, EngineExit, EngineOptions } from "../engine.ts";
import { interpreterPath } from "./interpreter.ts";
import { prepareFlash } from "./prepare-flash.ts";
import { ramOfProcess } from "./process-ram.ts";

/** Ends the Linux build; a board takes no notice of it. */
const CTRL_D = 4;
/** The prompt comes some 60 ms after the start; a program in flash that never ends keeps it away, and Ctrl-C still works. */
const PROMPT_DEADLINE_MS = 3_000;
const KEPT_ERROR_CHARACTERS = 2_000;

/**
 * A board with a real interpreter behind it: the Espruino for Linux that ESPRUINO_BIN names, over a pipe. Its flash is
 * the file espruino.flash in the flash folder.
 * @throws Error when ESPRUINO_BIN names no interpreter
 */
export function createEspruinoEngine(options: EngineOptions, binary = interpreterPath()): Engine {
  return new EspruinoEngine(options, binary);
}

/**
 * Runs the interpreter ($1) and, beside it, a watcher that kills it when descriptor 3 ends without a line: with its input
 * gone the interpreter would not end but spin, and a killed board process cannot stop it itself. `exec` keeps the pid.
 */
const LEASH = `(trap "" INT TERM HUP; read -r line <&3 || kill -9 $$) >/dev/null 2>&1 & exec "$1" 3<&-`;
const LEASH_DESCRIPTOR = 3;

class EspruinoEngine implements Engine {
  readonly exited: Promise<EngineExit>;
  readonly #options: EngineOptions;
  readonly #binary: string;
  #child: ChildProcess | undefined;
  #listener: (bytes: Uint8Array) => void = () => {};
  #settleExit: (exit: EngineExit) => void = () => {};
  #isStopping = false;
  #errors = "";

  constructor(options: EngineOptions, binary: string) {
    this.#options = options;
    this.#binary = binary;
    this.exited = new Promise((resolve) => {
      this.#settleExit = resolve;
    });
  }

  async start(): Promise<void> {
    if (this.#child) throw new Error("The espruino engine was started before: make a new one for each power-up");
    await prepareFlash(this.#binary, this.#options.flashFolder, this.#options.world);
    const child = spawn("/bin/sh", ["-c", LEASH, "sh", this.#binary], {
      cwd: this.#options.flashFolder,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    this.#child = child;
    this.#watch(child);
    await this.#promptOf(child);
  }

  get ram(): number[] | undefined {
    return this.#child?.pid === undefined ? undefined : ramOfProcess(this.#child.pid);
  }

  write(bytes: Uint8Array): void {
    this.#child?.stdin?.write(bytes.filter((byte) => byte !== CTRL_D));
  }

  /** The WiFi module does it; the line is typed without echo, and never inside another one: to be called while nobody types. */
  setAccessPoint(isOn: boolean): void {
    this.write(Buffer.from(`\x10require("Wifi").setAccessPoint(${isOn})\n`));
  }

  onOutput(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (!this.#child) this.#settleExit({ reason: "stopped" });
    this.#child?.kill("SIGKILL");
    await this.exited;
  }

  #watch(child: ChildProcess): void {
    // Written to after its end, which `exited` tells.
    for (const stream of [child.stdin, child.stdio[LEASH_DESCRIPTOR]]) stream?.on("error", () => {});
    child.stdout?.on("data", (bytes: Uint8Array) => this.#listener(bytes));
    child.stderr?.on("data", (text: Buffer) => {
      this.#errors = (this.#errors + text.toString("latin1")).slice(-KEPT_ERROR_CHARACTERS);
    });
    child.once("exit", () => (child.stdio[LEASH_DESCRIPTOR] as Writable).end("ended\n"));
    child.once("error", (error) => this.#onEnd(error.message));
    child.once("close", (code, signal) => this.#onEnd(describeEnd(code, signal)));
  }

  #onEnd(how: string): void {
    const lastError = this.#errors.trim().split(/[\r\n]+/).at(-1);
    const reason = lastError && !lastError.startsWith("espruino: Added") ? `${how}: ${lastError}` : how;
    this.#settleExit({ reason: this.#isStopping ? "stopped" : reason });
  }

  async #promptOf(child: ChildProcess): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const prompt = new Promise<void>((resolve) => {
      deadline = setTimeout(resolve, PROMPT_DEADLINE_MS);
      child.stdout?.on("data", (bytes: Buffer) => {
        if (bytes.at(-1) === ">".charCodeAt(0)) resolve();
      });
    });
    const exit = await Promise.race([prompt, this.exited]);
    clearTimeout(deadline);
    if (exit) throw new Error(`The interpreter ${this.#binary} ended while it started: ${exit.reason}`);
  }
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGSEGV") return "interpreter crashed (SIGSEGV); a board would reboot";
  return signal ? `interpreter was ended by ${signal}` : `interpreter ended with code ${code}`;
}
