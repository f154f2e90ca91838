// What the documentation says can be typed in: programs compile, commands and options exist, links lead somewhere.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import ts from "typescript";
import { HINTS } from "../../scripts/hints.ts";
import { BREAKAGES } from "../../scripts/start/breakages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = [...readdirSync(ROOT).filter((file) => file.endsWith(".md")), ...readdirSync(join(ROOT, "docs")).map((file) => `docs/${file}`)];
const README_PROGRAM_LINES = 10;

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"))].map(([, code]) => code!);
}

/** The examples by the path that each would have as a program: where its imports lead from. */
function examples(): Map<string, string> {
  const found = PAGES.flatMap((page) => blocks(page, "ts").map((code, index) => [`${page.replace(/\W/g, "-")}-${index + 1}`, code] as const));
  return new Map(found.map(([name, code]) => [join(ROOT, "src", `${name}.ts`).replaceAll("\\", "/"), code]));
}

function deviceConfig(): ts.ParsedCommandLine {
  const file = join(ROOT, "tsconfig.device.json");
  return ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, ROOT);
}

/** Compiles files that exist only here, beside those on disk. */
function compile(sources: Map<string, string>): string {
  const { options, fileNames } = deviceConfig();
  const host = ts.createCompilerHost(options);
  const onDisk = { readFile: host.readFile, fileExists: host.fileExists };
  host.readFile = (name) => sources.get(name) ?? onDisk.readFile(name);
  host.fileExists = (name) => sources.has(name) || onDisk.fileExists(name);
  const declarations = fileNames.filter((name) => name.endsWith(".d.ts"));
  const program = ts.createProgram([...declarations, ...sources.keys()], options, host);
  const format = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => ROOT, getNewLine: () => "\n" };
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), format);
}

/** The commands of a text: verb, and all that follows on the line. */
function commandsIn(text: string): { verb: string; rest: string }[] {
  return [...text.matchAll(/npm (?:run ([\w:]+)|(start|test))\b([^`|\n]*)/g)].map(([, run, short, rest]) => ({ verb: run ?? short!, rest: rest! }));
}

const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

test("every TypeScript example compiles for the board", () => {
  assert.ok(examples().size >= 4);
  assert.equal(compile(examples()), "");
});

test("every TypeScript example keeps the board's rules", async () => {
  const eslint = new ESLint({ cwd: ROOT });
  for (const [filePath, code] of examples()) {
    const [result] = await eslint.lintText(code, { filePath });
    assert.deepEqual(result?.messages.map(({ line, message }) => `${filePath}:${line} ${message}`), []);
  }
});

test("certificates that examples import are there", () => {
  const files = [...examples().values()].flatMap((code) => [...code.matchAll(/"\.\.\/(certs\/[^"]+)"/g)].map(([, file]) => file!));
  assert.ok(files.length > 0);
  for (const file of files) assert.ok(existsSync(join(ROOT, file)), file);
});

test("the README's program has ten lines", () => {
  const [program] = blocks("README.md", "ts");
  assert.equal(program!.split("\n").filter((line) => line.trim() !== "").length, README_PROGRAM_LINES);
});

test("JSON examples are JSON", () => {
  for (const page of PAGES) for (const json of blocks(page, "json")) assert.doesNotThrow(() => JSON.parse(json), page);
});

test("commands that are named exist, with their options", () => {
  for (const page of PAGES) {
    for (const { verb, rest } of commandsIn(read(page))) {
      assert.ok(verb in scripts, `${page} names npm run ${verb}`);
      const file = verb.split(":")[0]!;
      const source = read(`scripts/${file}.ts`);
      for (const [option] of rest.matchAll(/--[a-z][\w-]+/g)) {
        assert.ok(source.includes(`"${option}`) || option === "--help", `${page} names npm run ${verb} ... ${option}`);
      }
    }
  }
});

test("the README's table has every command", () => {
  const named = new Set(commandsIn(read("README.md")).map(({ verb }) => verb));
  assert.deepEqual(Object.keys(scripts).filter((verb) => !named.has(verb)), []);
});

test("things to break are documented, and exist", () => {
  const documented = [...read("docs/virtual-board.md").matchAll(/^\| `([a-z\d-]+)` \|.*`E_/gm)].map(([, name]) => name);
  assert.deepEqual(documented.sort(), Object.keys(BREAKAGES).sort());
});

test("docs/client.md has the defaults of modules/limits.ts", async () => {
  // By URL, because the compiler's options for the computer do not fit code for the board.
  const { DEADLINES, LIMITS } = await import(new URL("../../modules/limits.ts", import.meta.url).href);
  const table = Object.fromEntries([...read("docs/client.md").matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]));
  assert.deepEqual(table, { ...DEADLINES, ...LIMITS });
});

test("docs/retry.md has the defaults of modules/retry.ts", async () => {
  const { RETRY_DEFAULTS } = await import(new URL("../../modules/retry.ts", import.meta.url).href);
  const table = Object.fromEntries([...read("docs/retry.md").matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)]));
  assert.deepEqual(table, RETRY_DEFAULTS);
});

test("error codes that pages name exist", () => {
  for (const page of PAGES) {
    for (const [code] of read(page).matchAll(/\bE_[A-Z0-9_]+\b/g)) assert.ok(code in HINTS, `${page} names ${code}`);
  }
});

test("links to files lead to files", () => {
  for (const page of PAGES) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assert.ok(existsSync(join(ROOT, dirname(page), target!)), `${page} links to ${target}`);
    }
  }
});

test("dependencies have their reason in ARCHITECTURE.md", () => {
  const { devDependencies } = JSON.parse(read("package.json"));
  const page = read("ARCHITECTURE.md");
  for (const name of Object.keys(devDependencies)) assert.ok(page.includes(`\`${name}\``), name);
});
