import type { Interpreter } from "./interpreter.ts";
import { installLibrary } from "./library/library.ts";
import { reportErrors } from "./error-report.ts";
import type { Repl } from "./console/repl.ts";

/** What `reset(true)` erases. */
const CLEARED = [".bootcde", ".bootrst", ".varimg"];
const ALWAYS = [".boot0", ".boot1", ".boot2", ".boot3"];

/** Power-up: boot code from flash, `init` listeners, `onInit`, the banner. */
export function boot(interpreter: Interpreter, repl: Repl): void {
  start(interpreter, repl, { isReset: false });
  banner(interpreter, repl);
  interpreter.restoreNetwork();
  reportErrors(interpreter);
}

/** Does what `reset()`, `load()`, `save()` or a crash left to do. */
export function finishTodo(interpreter: Interpreter, repl: Repl): void {
  const { todo, storage } = interpreter;
  interpreter.todo = undefined;
  const sleepMs = todo?.kind === "reboot" ? todo.sleepMs : undefined;
  if (todo?.kind === "save") return refuseSave(interpreter);
  if (sleepMs === undefined) fireOnE(interpreter, "kill");
  reportErrors(interpreter);
  if (todo?.kind === "reboot") for (const line of todo.lines) interpreter.console.printLine(line);
  if (todo?.kind === "reset" && todo.clearFlash) for (const name of CLEARED) storage.erase(name);
  interpreter.wipe(todo?.kind === "reboot");
  repl.reset();
  if (sleepMs !== undefined) interpreter.clock.sleep(new Int32Array(new SharedArrayBuffer(4)), 0, 0, sleepMs);
  if (todo?.kind === "reboot") {
    interpreter.clock.setNowMs(0);
    boot(interpreter, repl);
  } else if (todo?.kind === "reset") {
    start(interpreter, repl, { isReset: true });
    banner(interpreter, repl);
  } else load(interpreter, repl, todo?.file);
}

/** `load()` is a restart without a banner; `load(file)` a reset that then runs the file. */
function load(interpreter: Interpreter, repl: Repl, file: string | undefined): void {
  start(interpreter, repl, { isReset: file !== undefined, file });
  if (file === undefined) return;
  banner(interpreter, repl);
  const code = interpreter.storage.read(file);
  if (code !== undefined) interpreter.calls.run(() => interpreter.realm.evaluate(code, file));
}

function start(interpreter: Interpreter, repl: Repl, how: { isReset: boolean; file?: string }): void {
  installLibrary(interpreter, repl);
  if (how.file !== undefined) interpreter.realm.global.__FILE__ = how.file;
  for (const name of bootFiles(interpreter, how.isReset)) runFile(interpreter, name);
  fireOnE(interpreter, "init");
  reportErrors(interpreter);
  const { onInit } = interpreter.realm.global;
  if (onInit === undefined) return;
  interpreter.console.printLine("Running onInit()...");
  interpreter.calls.fire(onInit, interpreter.realm.global, []);
  reportErrors(interpreter);
}

function bootFiles({ storage }: Interpreter, isReset: boolean): string[] {
  const code = storage.read(".bootrst") !== undefined ? [".bootrst"] : isReset ? [] : [".bootcde"];
  return [...ALWAYS, ...code];
}

function runFile(interpreter: Interpreter, name: string): void {
  const code = interpreter.storage.read(name);
  if (code === undefined) return;
  interpreter.calls.run(() => interpreter.realm.evaluate(code, name));
  reportErrors(interpreter);
}

function fireOnE({ listeners, calls, realm }: Interpreter, event: string): void {
  const list = listeners.of(realm.global.E as object, event);
  if (list) calls.fire(list, realm.global.E, []);
}

function banner({ console, board }: Interpreter, repl: Repl): void {
  repl.line.markRemoved();
  console.writeText(
    "\x1b[?7l\n ____                 _ \n|  __|___ ___ ___ _ _|_|___ ___ \n|  __|_ -| . |  _| | | |   | . |\n" +
      `|____|___|  _|_| |___|_|_|_|___|\n         |_| espruino.com\n ${board.version} virtual board, no hardware\n\n`,
  );
}

function refuseSave({ console }: Interpreter): void {
  console.printLine("save() is not on the virtual board: upload with SAVE_ON_SEND=1, or use E.setBootCode");
}
