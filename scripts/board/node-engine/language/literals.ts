import type MagicString from "magic-string";
import type { Node } from "./syntax-tree.ts";

const BYTE_MASK = 0xff;

/** Strings hold bytes: a `\u20ac` in the source becomes the byte ac. */
export function rewriteLiteral(code: MagicString, node: Node): void {
  if (node.regex) {
    // The firmware's dot matches line ends too.
    code.appendLeft(node.end, "s");
  } else if (typeof node.value === "string" && String(node.raw).includes("\\u")) {
    code.update(node.start, node.end, JSON.stringify(maskToBytes(node.value)));
  }
}

/** The same for the text of a template literal. */
export function rewriteTemplateText(code: MagicString, node: Node): void {
  const { raw, cooked } = node.value as { raw: string; cooked: string };
  if (!raw.includes("\\u")) return;
  const quoted = JSON.stringify(maskToBytes(cooked)).slice(1, -1);
  code.update(node.start, node.end, quoted.replace(/\\"/g, '"').replace(/`|\$\{/g, "\\$&"));
}

/** Keeps the low 8 bits of each character. */
export function maskToBytes(text: string): string {
  return text.replace(/[^\x00-\xff]/g, (character) => String.fromCharCode(character.charCodeAt(0) & BYTE_MASK));
}
