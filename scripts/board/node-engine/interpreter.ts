import { Calls } from "./calls.ts";
import type { BoardClock } from "./clock.ts";
import { Console } from "./console/console.ts";
import { plainText } from "./console/value-text.ts";
import { EventQueue } from "./event-queue.ts";
import type { WorkerHostLink } from "./host-link.ts";
import type { Interrupts } from "./interrupts.ts";
import { Random } from "./library/random.ts";
import { Watchdog } from "./library/watchdog.ts";
import { Listeners } from "./listeners.ts";
import type { Memory } from "./memory.ts";
import type { BoardIdentity } from "./messages.ts";
import { Realm } from "./realm.ts";
import type { FlashChip } from "./storage/flash-chip.ts";
import type { PowerSupply } from "./storage/power-supply.ts";
import type { Storage } from "./storage/storage.ts";
import { Timers } from "./timers.ts";

/** What a reset leaves to do at the end of the pass. */
export type Todo =
  | { kind: "reset"; clearFlash: boolean }
  | { kind: "load"; file: string | undefined }
  | { kind: "save" }
  /** With `sleepMs` the chip wakes from deep sleep after so long; nobody was told that it would sleep. */
  | { kind: "reboot"; lines: string[]; sleepMs?: number };

/** Everything of one interpreter that its parts share. */
export class Interpreter {
  readonly clock: BoardClock;
  readonly interrupts: Interrupts;
  readonly console: Console;
  readonly storage: Storage;
  /** Raw flash beside Storage. */
  readonly partition: FlashChip;
  readonly power: PowerSupply;
  readonly host: WorkerHostLink;
  readonly board: BoardIdentity;
  readonly memory: Memory;
  readonly queue = new EventQueue();
  readonly listeners = new Listeners();
  readonly timers: Timers;
  readonly calls: Calls;
  readonly random = new Random();
  readonly watchdog: Watchdog;
  readonly idleTasks: (() => boolean)[] = [];
  readonly resetListeners: ((isReboot: boolean) => void)[] = [];
  /** Modules built into the firmware, by name. */
  readonly builtIns = new Map<string, () => object>();
  /** Modules that have been required, by name. */
  modules = new Map<string, unknown>();
  errorFlags = new Set<string>();
  reportedErrorFlags = new Set<string>();
  timeZoneHours = 0;
  todo: Todo | undefined;
  /** Another pass follows at once. */
  passRequested = false;
  /** Joins the saved network after the boot code. Set by whoever installs the network. */
  restoreNetwork: () => void = () => {};
  realm: Realm;

  constructor(parts: {
    clock: BoardClock;
    interrupts: Interrupts;
    console: Console;
    storage: Storage;
    partition: FlashChip;
    power: PowerSupply;
    host: WorkerHostLink;
    board: BoardIdentity;
    memory: Memory;
  }) {
    this.clock = parts.clock;
    this.interrupts = parts.interrupts;
    this.console = parts.console;
    this.storage = parts.storage;
    this.partition = parts.partition;
    this.power = parts.power;
    this.host = parts.host;
    this.board = parts.board;
    this.memory = parts.memory;
    this.timers = new Timers(parts.clock);
    this.timers.onIntervalRemoved = () => {
      this.console.printLine("ERROR: Ctrl-C while processing interval - removing it.");
      this.errorFlags.add("CALLBACK");
    };
    this.calls = new Calls(parts.interrupts, () => this.realm);
    this.watchdog = new Watchdog(this);
    this.realm = new Realm(parts.interrupts);
  }

  /** The chip crashes: the board starts again at the end of the pass. */
  panic(lines: string[]): void {
    this.todo = { kind: "reboot", lines };
  }

  /** A promise was rejected and nobody listens. */
  throwUnhandled(reason: unknown): void {
    const error = this.realm.error("Error", `Unhandled promise rejection: ${plainText(reason)}`);
    this.calls.raise(error);
  }

  /** Forgets all that is in RAM: the program, its timers, events, listeners and modules. */
  wipe(isReboot: boolean): void {
    // First, for what the listeners find may crash the chip.
    this.todo = undefined;
    if (isReboot) this.random.restart();
    for (const listener of this.resetListeners) listener(isReboot);
    this.host.reset();
    this.queue.clear();
    this.listeners.clear();
    this.timers.reset();
    this.modules = new Map();
    this.errorFlags = new Set();
    this.reportedErrorFlags = new Set();
    this.timeZoneHours = 0;
    this.calls.takeException();
    this.realm = new Realm(this.interrupts);
  }
}
