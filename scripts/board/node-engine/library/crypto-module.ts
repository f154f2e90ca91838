import { createHash } from "node:crypto";
import type { Interpreter } from "../interpreter.ts";
import { byteValues } from "./byte-values.ts";

/** Hash functions of the module, and node:crypto's names for them. */
const HASHES = { SHA1: "sha1", SHA224: "sha224", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512" };

/** The module `crypto`, as far as its hashes. */
export function createCryptoModule({ realm }: Interpreter): object {
  const functions: Record<string, (message: unknown) => ArrayBuffer> = {};
  for (const [name, algorithm] of Object.entries(HASHES)) {
    functions[name] = (message) =>
      realm.arrayBuffer(createHash(algorithm).update(Uint8Array.from(byteValues(realm, message))).digest());
  }
  const module = realm.object();
  realm.defineNatives(module, functions);
  return module;
}
