import { objectText } from "../console/object-text.ts";
import type { Interpreter } from "../interpreter.ts";
import { JsonParser } from "./json-parser.ts";

const MAX_INDENT = 10;

/** `JSON` as the firmware has it: bytes from 0x7F up as \u00XX, a tolerant parser. */
export function installJson(interpreter: Interpreter): void {
  const { realm } = interpreter;
  const json = realm.object();
  realm.defineNatives(json, {
    stringify: (value: unknown, _replacer: unknown, space: unknown) => {
      const indent = indentOf(space);
      const style = indent === "" ? { json: true } : { json: true, pretty: true, allNewlines: true, indent };
      return objectText(interpreter.realm, value, style);
    },
    parse: (text: unknown) => new JsonParser(interpreter.realm, String(text), false).parse(),
  });
  realm.markNative(json);
  realm.define(realm.global, "JSON", json);
}

function indentOf(space: unknown): string {
  if (space === undefined || space === null) return "";
  if (typeof space === "number") return " ".repeat(Math.min(Math.max(Math.trunc(space), 0), MAX_INDENT));
  return String(space).slice(0, MAX_INDENT);
}
