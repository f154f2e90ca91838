import type { Realm } from "../realm.ts";
import { numberText } from "./number-text.ts";
import { objectText, PRINT_STYLE } from "./object-text.ts";

/** A value as `print` shows it: strings as they are. */
export function printText(realm: Realm, value: unknown): string {
  return typeof value === "string" ? value : objectText(realm, value, PRINT_STYLE);
}

/** A value as the firmware's messages show it (`%v`): like `String(value)`, numbers in the firmware's way. */
export function plainText(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return value.map(itemText).join(",");
  return String(value);
}

function itemText(item: unknown): string {
  return item === undefined || item === null ? "" : plainText(item);
}
