// docs/errors.md, scripts/hints.ts and the sources name the same error codes.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hintFor, HINTS } from "../../scripts/hints.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PHASES = new Set([
  "options", "queued", "dns", "connect", "handshake", "request", "first-byte", "head", "body", "response", "settings", "wifi", "clock",
  "boot", "outbox", "any", "any later than connect",
]);

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function sourceFiles(): string[] {
  const files = ["modules", "src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(folder, file)));
  return [...files, "scripts/espruino-cli/boot-loader.js"];
}

/** Every code that stands in the sources as a string: what could be raised. */
function codesInSources(): string[] {
  const found = sourceFiles().flatMap((file) => [...read(file).matchAll(/"(E_[A-Z0-9_]+)"/g)].map(([, code]) => code!));
  return [...new Set(found)].sort();
}

/** The rows of the tables: code, phases, what raises it, what to do. */
function documentedErrors(): { code: string; phases: string[]; cells: string[] }[] {
  return read("docs/errors.md").split("\n").filter((line) => line.startsWith("| `E_")).map((line) => {
    const cells = line.split("|").slice(1, -1).map((cell) => cell.trim());
    return { code: cells[0]!.replaceAll("`", ""), phases: cells[1]!.split(",").map((phase) => phase.trim()), cells };
  });
}

test("docs/errors.md lists each code of the sources once, and no other", () => {
  const documented = documentedErrors().map(({ code }) => code);
  assert.deepEqual([...documented].sort(), codesInSources());
});

test("scripts/hints.ts has a hint for each code of the sources, and for no other", () => {
  assert.deepEqual(Object.keys(HINTS).sort(), codesInSources());
  for (const code of codesInSources()) assert.equal(hintFor(code), HINTS[code]);
  for (const unknown of ["E_NO_SUCH_CODE", "constructor", ""]) assert.equal(hintFor(unknown), undefined);
});

test("each row of docs/errors.md has phases that exist, and says what raises it and what to do", () => {
  for (const { code, phases, cells } of documentedErrors()) {
    assert.equal(cells.length, 4, code);
    assert.deepEqual(phases.filter((phase) => !PHASES.has(phase)), [], code);
    assert.ok(cells[2] !== "" && cells[3] !== "", code);
  }
});

test("each hint is a line of whole sentences in ASCII", () => {
  for (const [code, hint] of Object.entries(HINTS)) assert.match(hint, /^[A-Z][ -~]+[.?]$/, code);
});
