import { workerData } from "node:worker_threads";
import { createClock } from "./clock.ts";
import { Console } from "./console/console.ts";
import { installNetwork } from "./firmware/network.ts";
import { restoreWifi } from "./firmware/wifi-storage.ts";
import { WorkerHostLink } from "./host-link.ts";
import { IdleLoop } from "./idle-loop.ts";
import { Interpreter } from "./interpreter.ts";
import { Interrupts } from "./interrupts.ts";
import { createCryptoModule } from "./library/crypto-module.ts";
import { createFlashModule } from "./library/flash-module.ts";
import { createStorageModule } from "./library/storage-module.ts";
import { BoardMemory } from "./memory/board-memory.ts";
import { tlsLayout } from "./memory/layouts.ts";
import { POWER_CUT_CODE, type WorkerStart } from "./messages.ts";
import { createRuntime } from "./runtime-of-interpreter.ts";
import { createRepl } from "./session.ts";
import { openPartition } from "./storage/flash-partition.ts";
import { PowerSupply } from "./storage/power-supply.ts";
import { Storage } from "./storage/storage.ts";

/** The interpreter's thread: put together, then the idle loop takes over for good. */
function runInterpreter(start: WorkerStart): never {
  const memory = new Int32Array(start.memory);
  const boardMemory = new BoardMemory(tlsLayout(start.tlsLayout));
  const host = new WorkerHostLink(memory, start.inbox, start.replies);
  const console = new Console(memory, (bytes) => host.output(bytes));
  const interrupts = new Interrupts(memory);
  if (start.interruptAfterStatements !== undefined) interrupts.interruptAfter(start.interruptAfterStatements);
  const power = new PowerSupply();
  power.onCut = () => {
    console.flush();
    process.exit(POWER_CUT_CODE);
  };
  power.cutAfter(start.cutPower);
  const interpreter = new Interpreter({
    clock: createClock(),
    interrupts,
    console,
    storage: new Storage(start.flashFolder, power),
    partition: openPartition(start.flashFolder, power),
    power,
    host,
    board: start.board,
    memory: boardMemory,
  });
  interrupts.onLook = () => {
    console.flush();
    if (interpreter.watchdog.bite()) interrupts.interrupt("crash");
  };
  interpreter.storage.onCompact = () => console.printLine("Compacting... ");
  interpreter.builtIns.set("Storage", () => createStorageModule(interpreter));
  interpreter.builtIns.set("Flash", () => createFlashModule(interpreter));
  interpreter.builtIns.set("crypto", () => createCryptoModule(interpreter));
  const runtime = createRuntime(interpreter);
  installNetwork(runtime, { memory: boardMemory, random: () => interpreter.random.next() });
  interpreter.restoreNetwork = () => restoreWifi(runtime);
  return new IdleLoop(interpreter, createRepl(interpreter), memory).run();
}

runInterpreter(workerData as WorkerStart);
