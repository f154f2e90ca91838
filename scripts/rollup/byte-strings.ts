// A string on the board is bytes, and text in it is UTF-8 (shared rule of modules/ and the framer). Two steps make it so:
// 1. on the TypeScript tree, where a literal can still be read as it was typed: `é` and `\u00e9` are text and become the two
//    bytes C3 A9; `\xe9` was written as a byte and stays one;
// 2. on the finished chunk, where every byte above 7F is spelt `\xNN`: `\u00c3` would make a UTF-8 string of it on some builds
//    of the firmware, and the espruino CLI sends `?` for anything that is not ASCII.
import { parse, tokTypes } from "acorn";
import type { Token } from "acorn";
import MagicString from "magic-string";
import type { Plugin } from "rollup";
import ts from "typescript";

interface Problem {
  message: string;
  line: number;
  column: number;
}

interface ByteStrings {
  /** The first step, a `before` transformer for the TypeScript compiler. */
  transformer: ts.TransformerFactory<ts.SourceFile>;
  /** Stops the build at what the first step could not turn into bytes. */
  plugin: Plugin;
}

const SIMPLE_ESCAPES: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", "0": "\0" };
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|(\r\n|[^]))/y;
/** Control characters too: the board's console takes a raw tab or DEL for a key pressed. */
const NEEDS_ESCAPE = /[^ -~]|\\u/;
const NEEDS_REWRITE = /[^\0-\x7f]|\\u/;

/**
 * The bytes that a literal stands for.
 * @param raw the characters between its quotes, as typed
 * @returns a string of characters up to 0xFF, one for each byte
 * @throws Error for a lone surrogate, which UTF-8 cannot hold
 */
export function bytesOfLiteral(raw: string): string {
  let bytes = "";
  let text = "";
  const flush = (): void => {
    bytes += utf8(text);
    text = "";
  };
  for (let at = 0; at < raw.length;) {
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(raw);
    if (!escape) {
      text += raw[at++];
      continue;
    }
    at = ESCAPE.lastIndex;
    if (escape[1] === undefined) {
      text += escapedText(escape);
    } else {
      flush();
      bytes += String.fromCharCode(parseInt(escape[1], 16));
    }
  }
  flush();
  return bytes;
}

/** The first step and the plug-in that reports its problems; one pair per rollup build. */
export function byteStrings(): ByteStrings {
  const problems = new Map<string, Problem>();
  return {
    transformer: (context) => (sourceFile) => {
      const found = rewriteLiterals(context, sourceFile);
      if (found.problem) problems.set(sourceFile.fileName, found.problem);
      return found.sourceFile;
    },
    plugin: {
      name: "byte-strings",
      transform(_code, id) {
        const problem = problems.get(id.replaceAll("\\", "/"));
        if (!problem) return null;
        const { message, line, column } = problem;
        return this.error({ message, loc: { file: id, line, column } });
      },
    },
  };
}

/** Rollup output plug-in, the second step: spells bytes above 7F as `\xNN` and stops the build at anything else but printable ASCII. */
export function asciiLiterals(): Plugin {
  return {
    name: "ascii-literals",
    renderChunk(code, chunk) {
      const edited = new MagicString(code);
      for (const { start, end, value } of stringTokens(code)) {
        if (NEEDS_ESCAPE.test(code.slice(start, end))) edited.overwrite(start, end, asciiLiteral(value));
      }
      const ascii = edited.toString();
      const strange = /[^\n -~]/.exec(ascii);
      if (strange) this.error(`${chunk.fileName} holds "${strange[0]}" outside a string. The firmware reads printable ASCII only: ` +
        `...${ascii.slice(Math.max(0, strange.index - 40), strange.index + 20)}...`);
      return { code: ascii, map: null };
    },
  };
}

// Tokens, because a walk over the tree leaves out the quoted names of properties.
function stringTokens(code: string): { start: number; end: number; value: string }[] {
  const strings: { start: number; end: number; value: string }[] = [];
  const onToken = (token: Token): void => {
    const { type, start, end, value } = token as Token & { value: string };
    if (type === tokTypes.string) strings.push({ start, end, value });
  };
  parse(code, { ecmaVersion: "latest", sourceType: "module", onToken });
  return strings;
}

function rewriteLiterals(context: ts.TransformationContext, sourceFile: ts.SourceFile): { sourceFile: ts.SourceFile; problem?: Problem } {
  let problem: Problem | undefined;
  const report = (node: ts.Node, message: string): void => {
    const { line, character } = sourceFile.getLineAndCharacterOfPosition(node.getStart(sourceFile));
    problem ??= { message, line: line + 1, column: character };
  };
  const visit = (node: ts.Node): ts.Node => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node;
    const refusal = refusalOf(node, sourceFile);
    if (refusal) report(node, refusal);
    if (refusal || !isText(node)) return ts.visitEachChild(node, visit, context);
    try {
      return rewriteLiteral(node, sourceFile);
    } catch (error) {
      report(node, (error as Error).message);
      return node;
    }
  };
  const rewritten = ts.visitEachChild(sourceFile, visit, context);
  return problem ? { sourceFile: rewritten, problem } : { sourceFile: rewritten };
}

function refusalOf(node: ts.Node, sourceFile: ts.SourceFile): string | undefined {
  if (ts.isIdentifier(node) && /[^\0-\x7f]/.test(node.text)) {
    return `The name "${node.text}" is not ASCII, which the firmware cannot read. Spell it in ASCII.`;
  }
  if (ts.isRegularExpressionLiteral(node) && /[^\0-\x7f]/.test(node.text)) {
    return `The regular expression ${node.text} is not ASCII. The firmware matches bytes, not characters: use indexOf with a string.`;
  }
  if (ts.isEnumMember(node) && NEEDS_REWRITE.test(node.getText(sourceFile))) {
    return `The enum member ${node.getText(sourceFile)} is not ASCII, and the compiler copies its value unseen. Use a const.`;
  }
  return undefined;
}

type TextNode = ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isText(node: ts.Node): node is TextNode {
  return ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node);
}

function rewriteLiteral(node: TextNode, sourceFile: ts.SourceFile): ts.Node {
  const typed = node.getText(sourceFile);
  if (!NEEDS_REWRITE.test(typed)) return node;
  const closing = ts.isTemplateHead(node) || ts.isTemplateMiddle(node) ? 2 : 1;
  const bytes = bytesOfLiteral(typed.slice(1, -closing).replaceAll("\r\n", "\n"));
  if (ts.isTemplateHead(node)) return ts.factory.createTemplateHead(bytes);
  if (ts.isTemplateMiddle(node)) return ts.factory.createTemplateMiddle(bytes);
  if (ts.isTemplateTail(node)) return ts.factory.createTemplateTail(bytes);
  return ts.factory.createStringLiteral(bytes);
}

function escapedText([, , fourDigits, braced, character = ""]: RegExpExecArray): string {
  if (fourDigits !== undefined) return String.fromCharCode(parseInt(fourDigits, 16));
  if (braced !== undefined) return String.fromCodePoint(parseInt(braced, 16));
  if (/[\r\n\u2028\u2029]/.test(character)) return "";
  return SIMPLE_ESCAPES[character] ?? character;
}

function utf8(text: string): string {
  const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  if (lone) {
    throw new Error(`The literal holds half of a surrogate pair (\\u${lone[0].charCodeAt(0).toString(16)}), which has no UTF-8 form. ` +
      "Write the whole character, or bytes as \\xNN.");
  }
  return Buffer.from(text, "utf8").toString("latin1");
}

function asciiLiteral(value: string): string {
  const wide = /[^\0-\xff]/.exec(value);
  if (wide) throw new Error(`A string holds "${wide[0]}" that is not bytes; it did not come from a TypeScript literal: ${value.slice(0, 60)}`);
  const escaped = value.replace(/[\0-\x1f"\\\x7f-\xff]/g, escapeByte);
  return `"${escaped}"`;
}

function escapeByte(character: string): string {
  if (character === '"' || character === "\\") return `\\${character}`;
  const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character];
  if (short) return short;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
