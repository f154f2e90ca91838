import { types } from "node:util";
import { FlatString } from "../memory/flat-string.ts";
import type { Realm } from "../realm.ts";

/**
 * The bytes of what `E.toString`, `E.toUint8Array` and `Storage.write` take: numbers, strings, arrays, buffers,
 * `{data, count}`, nested as they like.
 */
export function byteValues(realm: Realm, value: unknown): number[] {
  if (typeof value === "number" || typeof value === "boolean") return [Number(value) & 0xff];
  if (typeof value === "string") return [...Buffer.from(value, "latin1")];
  if (types.isAnyArrayBuffer(value)) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, (each) => each & 0xff);
  if (Array.isArray(value)) return Array.from(value as unknown[]).flatMap((each) => byteValues(realm, each));
  if (value instanceof FlatString) return [...new Uint8Array(value.buffer)];
  return typeof value === "object" && value !== null && "data" in value ? repeated(realm, value as Repeated) : [];
}

/** The same as a byte string. */
export function byteString(realm: Realm, value: unknown): string {
  return typeof value === "string" ? value : Buffer.from(byteValues(realm, value)).toString("latin1");
}

interface Repeated {
  data: unknown;
  count?: number;
}

function repeated(realm: Realm, { data, count }: Repeated): number[] {
  const once = byteValues(realm, data);
  return Array.from({ length: count ?? 1 }, () => once).flat();
}
