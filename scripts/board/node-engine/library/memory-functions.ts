import type { Interpreter } from "../interpreter.ts";
import { accessFaultLines } from "../memory/chips.ts";
import { FlatString } from "../memory/flat-string.ts";
import { byteValues } from "./byte-values.ts";

type AnyFunction = (this: unknown, ...args: never[]) => unknown;

/** In front of a flat string's bytes lies its variable. */
const VARIABLE_BYTES = 16;
/** What `peek` with a count gives. */
const ARRAY_OF_BITS: Record<number, string> = { 8: "Uint8Array", 16: "Uint16Array", 32: "Uint32Array" };

/** `peek8` ... `poke32`. Where the address space has nothing, the chip crashes. */
export function memoryFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const functions: Record<string, AnyFunction> = {};
  for (const bits of [8, 16, 32]) {
    const bytes = bits / 8;
    functions[`peek${bits}`] = (address: number, count?: number) => {
      if (count === undefined || !(count > 1)) return peek(interpreter, address, bytes);
      const values = Array.from({ length: count }, (_each, i) => peek(interpreter, address + i * bytes, bytes));
      const array = interpreter.realm.global[ARRAY_OF_BITS[bits]!] as new (values: number[]) => unknown;
      return new array(values);
    };
    functions[`poke${bits}`] = (address: number, value: unknown) => {
      pokedValues(interpreter, value).forEach((each, i) => poke(interpreter, address + i * bytes, each, bytes));
    };
  }
  return functions;
}

/** Those functions of `E` that tell where a string lies. */
export function flatStringFunctions(interpreter: Interpreter): Record<string, AnyFunction> {
  const { realm } = interpreter;
  return {
    toArrayBuffer: (text: unknown) => {
      if (text instanceof FlatString) return text.buffer;
      return typeof text === "string" ? realm.arrayBuffer(byteValues(realm, text)) : undefined;
    },
    getAddressOf: (value: unknown, wantsFlatAddress: unknown) => {
      if (!(value instanceof FlatString)) return 0;
      return wantsFlatAddress ? value.address : value.address - VARIABLE_BYTES;
    },
    memoryArea: (address: number, length: number) => {
      const bytes = Array.from({ length: Math.max(0, length) }, (_each, i) => peek(interpreter, address + i, 1));
      return Buffer.from(bytes).toString("latin1");
    },
  };
}

/** A number, or the elements of something iterable: of a string, its characters' codes. */
function pokedValues({ realm }: Interpreter, value: unknown): number[] {
  if (Array.isArray(value)) return Array.from(value as unknown[], Number);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint32Array);
  return typeof value === "string" ? byteValues(realm, value) : [Number(value)];
}

function peek(interpreter: Interpreter, address: number, bytes: number): number {
  return interpreter.memory.peek(address >>> 0, bytes) ?? crash(interpreter, address, "load");
}

function poke(interpreter: Interpreter, address: number, value: number, bytes: number): void {
  if (!interpreter.memory.poke(address >>> 0, value, bytes)) crash(interpreter, address, "store");
}

/** Ends what runs, and reboots at the end of the pass. */
function crash(interpreter: Interpreter, address: number, access: "load" | "store"): never {
  interpreter.panic(accessFaultLines(interpreter.memory.chip, access, address));
  return interpreter.interrupts.interrupt("crash");
}
