import { plainText } from "./console/value-text.ts";
import { exceptionText } from "./console/repl.ts";
import type { Interpreter } from "./interpreter.ts";

/** Says what went wrong since the last report, as at the end of each pass (jsiCheckErrors of src/jsinteractive.c). */
export function reportErrors(interpreter: Interpreter): void {
  const { calls, console } = interpreter;
  if (calls.interruptedInEvent) {
    calls.interrupted = false;
    calls.interruptedInEvent = false;
    console.printLine("Execution Interrupted during event processing.");
  }
  reportException(interpreter);
  if (calls.interrupted) {
    calls.interrupted = false;
    console.printLine("Execution Interrupted");
  }
  reportFlags(interpreter);
}

/**
 * A listener list for uncaughtException, even an empty one, takes the exception; what the listeners throw themselves is
 * printed.
 */
function reportException(interpreter: Interpreter): void {
  const { calls, listeners, realm, console } = interpreter;
  let exception = calls.takeException();
  if (!exception) return;
  const process = realm.global.process as object | undefined;
  const list = process && listeners.of(process, "uncaughtException");
  if (list) {
    calls.fire(list, process, [exception.value]);
    exception = calls.takeException();
  }
  if (!exception) return;
  console.removeInputLine();
  const text = exceptionText(exception.value);
  console.writeText(text.endsWith("\n") ? text : `${text}\n`);
}

function reportFlags(interpreter: Interpreter): void {
  const { calls, listeners, realm, console, errorFlags } = interpreter;
  const fresh = [...errorFlags].filter((each) => !interpreter.reportedErrorFlags.has(each));
  if (fresh.length === 0) return;
  for (const flag of fresh) interpreter.reportedErrorFlags.add(flag);
  const flags = realm.array(fresh);
  const list = listeners.of(realm.global.E as object, "errorFlag");
  if (list) calls.fire(list, realm.global.E, [flags]);
  console.printLine(`New interpreter error: ${plainText(flags)}`);
}
