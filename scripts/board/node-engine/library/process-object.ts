import type { Interpreter } from "../interpreter.ts";
import { blocksOf } from "./size.ts";

const TOTAL_BLOCKS = 16383;
const BLOCK_BYTES = 14;
/** What the interpreter itself takes after a reset, measured. */
const BASE_BLOCKS = 700;
const STORAGE_BYTES = 896 * 1024;

/** `process`: env, version, memory(). */
export function installProcess(interpreter: Interpreter): void {
  const { realm } = interpreter;
  const process = realm.object();
  Object.defineProperty(process, "env", { get: () => realm.object(environment(interpreter)), configurable: true });
  realm.define(process, "version", interpreter.board.version);
  realm.defineNatives(process, { memory: () => realm.toProgram(memoryUse(interpreter)) });
  realm.markNative(process);
  realm.define(realm.global, "process", process);
}

function environment({ board, builtIns }: Interpreter): Record<string, unknown> {
  return {
    VERSION: board.version,
    GIT_COMMIT: "virtual",
    BOARD: board.board,
    RAM: 524288,
    FLASH: 0,
    STORAGE: STORAGE_BYTES,
    SERIAL: "00000000-00000000-00000000",
    CONSOLE: "Serial1",
    MODULES: [...builtIns.keys()].join(","),
    EXPTR: 0,
  };
}

/** An estimate by the sizes measured on a 14-byte build: enough to see whether a program grows. */
function memoryUse({ realm, timers }: Interpreter): Record<string, unknown> {
  const seen = new Set<unknown>();
  const names = Object.keys(realm.global);
  const program = names.reduce((sum, name) => sum + 1 + blocksOf(realm.global[name], seen), 0);
  const usage = Math.min(BASE_BLOCKS + program + timers.snapshot().length * 6, TOTAL_BLOCKS);
  return {
    free: TOTAL_BLOCKS - usage,
    usage,
    total: TOTAL_BLOCKS,
    history: 0,
    gc: 0,
    gctime: 1,
    blocksize: BLOCK_BYTES,
    rx: { used: 0, total: 4096 },
    tx: { used: 0, total: 256 },
  };
}
