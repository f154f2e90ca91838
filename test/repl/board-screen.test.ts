import assert from "node:assert/strict";
import { test } from "node:test";
import { BoardScreen } from "../../scripts/repl/board-screen.ts";

/** A screen that awaits the echo of some lines, and what it gave out. */
function screenOf(typed: string[], bytes: string, cut = bytes.length): { lines: string[]; screen: BoardScreen } {
  const lines: string[] = [];
  const screen = new BoardScreen((line) => lines.push(line));
  typed.forEach((line) => screen.awaitEcho(line));
  for (let at = 0; at < bytes.length; at += cut) screen.take(bytes.slice(at, at + cut));
  return { lines, screen };
}

// Taken from an Espruino 2v29 for Linux.
const CASES: Record<string, { typed: string[]; bytes: string; lines: string[]; prompt: string | undefined }> = {
  "the echo is no output, the value is": { typed: ["1+2"], bytes: ">1+2\r\n=3\r\n>", lines: ["=3"], prompt: ">" },
  "what comes while something runs has no echo": { typed: ["1+2"], bytes: "=3\r\n>", lines: ["=3"], prompt: ">" },
  "a program prints": { typed: [], bytes: ">\r\x1b[Jlate\r\n>", lines: ["late"], prompt: ">" },
  "a program prints into an echo": {
    typed: ["f(21)"], bytes: ">f(2\x1b[D\x1b[D\x1b[D\r\x1b[Jlate\r\n>f(21)\r\n=42\r\n>", lines: ["late"].concat("=42"), prompt: ">",
  },
  "an input of two lines": { typed: ["f(", "1)"], bytes: ">f(\r\n:1)\r\n=1\r\n>", lines: ["=1"], prompt: ">" },
  "a program prints into an input of two lines": {
    typed: ["f(", "1)"], bytes: ">f(\r\n:\x1b[C\x1b[C\x1b[A\r\x1b[Jlate\r\n>f(\r\n:1)\r\n=1\r\n>", lines: ["late", "=1"], prompt: ">",
  },
  "an open input": { typed: ["f("], bytes: ">f(\r\n:", lines: [], prompt: ":" },
  "the debugger": { typed: [], bytes: ":1:1   while(true);\r\n       ^\r\ndebug>", lines: [":1:1   while(true);", "       ^"], prompt: "debug>" },
  "colours are left out, other control characters stay": { typed: [], bytes: "\x1b[31mred\x1b[0m\x07 \x1b]0;x\r\n", lines: ["red\x07 \x1b]0;x"], prompt: undefined },
  "an empty line that was not typed": { typed: [], bytes: "\r\na\r\n>", lines: ["", "a"], prompt: ">" },
};

for (const [name, { typed, bytes, lines, prompt }] of Object.entries(CASES)) {
  test(`${name}, whole and byte by byte`, () => {
    for (const cut of [bytes.length, 1]) {
      const { lines: seen, screen } = screenOf(typed, bytes, cut);
      assert.deepEqual([seen, screen.prompt], [lines, prompt], `in pieces of ${cut}`);
    }
  });
}

test("text without an end comes out with flush(), a prompt does not", () => {
  const { lines, screen } = screenOf([], "50 %");
  assert.equal(screen.hasText, true);
  screen.flush();
  screen.take("\r\n>");
  screen.flush();
  assert.deepEqual(lines, ["50 %", ""]);
});

test("a line without end is given out in pieces of bounded length", () => {
  const { lines, screen } = screenOf([], "x".repeat(10_000), 1_000);
  assert.ok(screen.line.length < 5_000);
  assert.ok(lines.every((line) => line.length <= 5_000) && lines.length > 0);
});
