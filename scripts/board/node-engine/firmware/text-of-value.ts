import { types } from "node:util";

/** A value's type as the firmware names it in messages (`%t`). */
export function typeName(value: unknown): string {
  if (value === undefined) return "undefined";
  if (value === null) return "null";
  if (Array.isArray(value)) return "Array";
  return capitalised(typeof value);
}

/** Plain objects only: the firmware's own test (jsvIsObject) takes neither arrays nor functions nor buffers. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !types.isAnyArrayBuffer(value) && !ArrayBuffer.isView(value);
}

/** The text `write` sends for a value: arrays and buffers become decimal numbers with commas. */
export function textOf(value: unknown): string {
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value).join(",");
  return String(value);
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
