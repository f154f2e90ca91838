import { boot, finishTodo } from "./boot.ts";
import { reportErrors } from "./error-report.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Repl } from "./console/repl.ts";
import { SHARED } from "./shared-memory.ts";

/** A packet that stays unfinished for so long is given up. */
const PACKET_TIMEOUT_MS = 5000;
/** The longest sleep: nothing should need it, it only bounds what a lost wake-up could cost. */
const LONGEST_SLEEP_MS = 1000;

/**
 * The firmware's main loop (jsiIdle of src/jsinteractive.c). It never returns, and never lets Node's own event loop
 * run: what comes from outside is fetched from the message port.
 */
export class IdleLoop {
  readonly #interpreter: Interpreter;
  readonly #repl: Repl;
  readonly #memory: Int32Array;
  #input = "";
  #packetStartMs = 0;

  constructor(interpreter: Interpreter, repl: Repl, memory: Int32Array) {
    this.#interpreter = interpreter;
    this.#repl = repl;
    this.#memory = memory;
  }

  run(): never {
    boot(this.#interpreter, this.#repl);
    this.#interpreter.host.ready();
    for (;;) {
      const seen = Atomics.load(this.#memory, SHARED.wake);
      if (!this.#pass()) this.#sleep(seen);
    }
  }

  /** One pass. Returns true when it did something, so that the next follows at once. */
  #pass(): boolean {
    const { timers, calls, realm, queue, interrupts } = this.#interpreter;
    this.#interpreter.passRequested = false;
    this.#takeMessages();
    let busy = this.#readConsole();
    busy = timers.runDue(calls, realm.global) || busy;
    // Again: what came while the program ran is in the sockets by now.
    this.#takeMessages();
    for (const task of this.#interpreter.idleTasks) busy = this.#runTask(task) || busy;
    busy = !queue.isEmpty || busy;
    if (!calls.interrupted) this.#fireEvents();
    if (!this.#interpreter.watchdog.bite()) this.#interpreter.watchdog.kickIfAutomatic();
    if (this.#interpreter.todo) {
      finishTodo(this.#interpreter, this.#repl);
      busy = true;
    }
    reportErrors(this.#interpreter);
    if (interrupts.takeCtrlC()) this.#repl.cancelLine();
    this.#repl.line.restore();
    this.#interpreter.console.flush();
    return busy || this.#interpreter.passRequested;
  }

  #takeMessages(): void {
    const { host, interrupts } = this.#interpreter;
    for (let message = host.receive(); message; message = host.receive()) {
      if (message.type === "input") this.#input += Buffer.from(message.bytes).toString("latin1");
      else if (message.type === "post") this.#deliver(message.channel, message.message);
      else if (message.type === "cutPower") this.#interpreter.power.cutAfter(message.cut);
      else interrupts.interruptAfter(message.statements);
    }
  }

  #deliver(channel: string, message: unknown): void {
    this.#interpreter.calls.run(() => this.#interpreter.host.deliver(channel, message));
  }

  /** A line that asks for a reset ends the pass: on a wire the next line would not be there yet. */
  #readConsole(): boolean {
    if (this.#input === "") return this.#watchPacket();
    let at = 0;
    while (at < this.#input.length && !this.#interpreter.todo) this.#repl.take(this.#input[at++]!);
    this.#input = this.#input.slice(at);
    this.#packetStartMs = this.#interpreter.clock.uptimeMs();
    return true;
  }

  #watchPacket(): boolean {
    const isLate = this.#interpreter.clock.uptimeMs() >= this.#packetStartMs + PACKET_TIMEOUT_MS;
    if (!this.#repl.isReadingPacket || !isLate) return false;
    this.#repl.abandonPacket();
    this.#interpreter.console.write("\x15");
    return true;
  }

  #runTask(task: () => boolean): boolean {
    const result = this.#interpreter.calls.run(task);
    return result.ok && result.value;
  }

  #fireEvents(): void {
    const { queue, calls } = this.#interpreter;
    for (let call = queue.shift(); call; call = queue.shift()) calls.fire(call.callback, call.thisValue, call.args);
    if (calls.interrupted) calls.interruptedInEvent = true;
  }

  #sleep(seen: number): void {
    const { clock, timers, watchdog } = this.#interpreter;
    const untilDueMs = Math.min(timers.nextDueMs, watchdog.dueMs) - clock.uptimeMs();
    const ms = Math.min(Math.max(untilDueMs, 0), LONGEST_SLEEP_MS);
    if (ms > 0) clock.sleep(this.#memory, SHARED.wake, seen, ms);
    watchdog.kickIfAutomatic();
  }
}
