import type { Interpreter } from "../interpreter.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** `peek8` ... `poke32`. Where the address space has nothing, the chip crashes. */
export function memoryFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  for (const bits of [8, 16, 32]) {
    functions[`peek${bits}`] = (address: number, count?: number) => {
      if (count === undefined) return peek(interpreter, address, bits / 8);
      const values = Array.from({ length: count }, (_each, i) => peek(interpreter, address + (i * bits) / 8, bits / 8));
      return interpreter.realm.array(values);
    };
    functions[`poke${bits}`] = (address: number, value: unknown) => {
      const values = Array.isArray(value) ? (value as number[]) : [Number(value)];
      values.forEach((each, i) => poke(interpreter, address + (i * bits) / 8, each, bits / 8));
    };
  }
  return functions;
}

function peek(interpreter: Interpreter, address: number, bytes: number): number {
  return interpreter.memory.peek(address >>> 0, bytes) ?? crash(interpreter, address, "LoadProhibited");
}

function poke(interpreter: Interpreter, address: number, value: number, bytes: number): void {
  if (!interpreter.memory.poke(address >>> 0, value, bytes)) crash(interpreter, address, "StoreProhibited");
}

/** Ends what runs, and reboots at the end of the pass. */
function crash(interpreter: Interpreter, address: number, cause: string): never {
  interpreter.panic([
    `Guru Meditation Error: Core  1 panic'ed (${cause}). Exception was unhandled.`,
    `EXCVADDR: 0x${(address >>> 0).toString(16).padStart(8, "0")}`,
    "",
    "Rebooting...",
  ]);
  return interpreter.interrupts.interrupt("crash");
}
