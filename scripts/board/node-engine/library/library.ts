import type { Repl } from "../console/repl.ts";
import type { Interpreter } from "../interpreter.ts";
import { unsupportedInRegExp } from "../language/regular-expressions.ts";
import { installDate } from "../realm/date.ts";
import { installPromise } from "../realm/promise.ts";
import { installText } from "../realm/text.ts";
import { installConsole, sessionFunctions } from "./console-functions.ts";
import { installE } from "./e-object.ts";
import { emitterFunctions } from "./emitter-functions.ts";
import { installEsp32 } from "./esp32-object.ts";
import { installHiddenRoot } from "./hidden-root.ts";
import { installJson } from "./json-functions.ts";
import { memoryFunctions } from "./memory-functions.ts";
import { installModules } from "./modules.ts";
import { installProcess } from "./process-object.ts";
import { Random } from "./random.ts";
import { timerFunctions } from "./timer-functions.ts";

const BASE64 = "base64";

/** Fills a fresh realm with the firmware's library. */
export function installLibrary(interpreter: Interpreter, repl: Repl): void {
  const { realm, random } = interpreter;
  installFromText(interpreter);
  realm.trim();
  realm.define(realm.global, "global", realm.global);
  realm.defineNatives(realm.objectPrototype, emitterFunctions(interpreter));
  realm.defineNatives(realm.global, {
    ...timerFunctions(interpreter),
    ...sessionFunctions(interpreter, repl),
    ...memoryFunctions(interpreter),
    btoa: (bytes: unknown) => Buffer.from(String(bytes), "latin1").toString(BASE64),
    atob: (text: unknown) => Buffer.from(String(text), BASE64).toString("latin1"),
  });
  realm.defineNatives(realm.global.Math as object, mathFunctions(random));
  installConsole(interpreter);
  installJson(interpreter);
  installE(interpreter, random, interpreter.watchdog);
  installProcess(interpreter);
  installModules(interpreter);
  installEsp32(interpreter);
  installHiddenRoot(interpreter);
}

function mathFunctions(random: Random): Record<string, (...args: never[]) => unknown> {
  return {
    random: () => random.fraction(),
    randInt: (range: number) => (range > 0 ? random.next() % range : random.next()),
    clip: (value: number, low: number, high: number) => Math.min(Math.max(value, low), high),
    wrap: (value: number, size: number) => value - Math.floor(value / size) * size,
  };
}

/** The parts that must belong to the realm itself. */
function installFromText(interpreter: Interpreter): void {
  const { realm, clock, queue } = interpreter;
  realm.install(
    installDate,
    () => clock.nowMs(),
    () => interpreter.timeZoneHours,
  );
  const promise = realm.install(installPromise, {
    queue: (callback: () => void) => queue.push(callback, undefined, []),
    unhandled: (reason: unknown) => interpreter.throwUnhandled(reason),
    takeException: () => interpreter.calls.takeException(),
    caught: (error: unknown) => realm.caught(error),
  });
  realm.markNative(promise as object);
  realm.install(installText, {
    unsupported: unsupportedInRegExp,
    evaluate: (code: string) => realm.evaluate(code, "eval"),
    functionText: (target: object) => realm.sourceOf(target),
    percentEncode: (text: string) => text.replace(/[^A-Za-z0-9\-_.!~*'()]/g, percentByte),
    percentDecode: (text: string) => text.replace(/%[\da-fA-F]{2}/g, (each) => byteOfHex(each.slice(1))),
  });
}

function byteOfHex(hex: string): string {
  return String.fromCharCode(parseInt(hex, 16));
}

function percentByte(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
