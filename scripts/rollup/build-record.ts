// What a bundle was made of, written beside it, so that it need not be made again of the same.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, type Bundle } from "./bundle.ts";

/** Of every file that has a say in the bundle and of the bundle itself, by its path in the project. */
type Digests = Record<string, string>;

interface BuildRecord {
  madeAtMs: number;
  /** SOURCE_DATE_EPOCH, or "" without it. */
  sourceDate: string;
  digests: Digests;
}

/** A bundle holds the time of its build, which is the earliest a board's clock may show, and a certificate can expire. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** What has a say beside the sources: the compiler's options, the versions of the tools, the build itself. */
const TOOL_FILES = ["package-lock.json", "tsconfig.device.json", "scripts/build.ts"];
const TOOL_FOLDER = "scripts/rollup";

/**
 * Writes down what a bundle was made of.
 * @param inputs every file that was read for it
 */
export function recordBuild(bundle: Bundle, inputs: readonly string[]): void {
  const files = [...inputs, bundle.plain, bundle.minified, ...toolFiles()].map((file) => relative(ROOT, file));
  const record: BuildRecord = { madeAtMs: Date.now(), sourceDate: sourceDate(), digests: digestsOf(files) };
  writeFileSync(recordFile(bundle), JSON.stringify(record, null, 2));
}

/** Whether a build now would give what is there: same sources, same tools, same bundle, not older than a day. */
export function isUpToDate(bundle: Bundle): boolean {
  const record = readRecord(bundle);
  if (!record || record.sourceDate !== sourceDate() || Math.abs(Date.now() - record.madeAtMs) > MAX_AGE_MS) return false;
  const files = Object.keys(record.digests);
  const areKnown = toolFiles().every((file) => relative(ROOT, file) in record.digests);
  return areKnown && files.every((file) => existsSync(join(ROOT, file))) && JSON.stringify(digestsOf(files)) === JSON.stringify(record.digests);
}

function recordFile({ plain }: Bundle): string {
  return plain.replace(/\.js$/, ".made-of.json");
}

function readRecord(bundle: Bundle): BuildRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(bundle), "utf8")) as BuildRecord;
  } catch {
    return undefined;
  }
}

function sourceDate(): string {
  return process.env["SOURCE_DATE_EPOCH"] ?? "";
}

function toolFiles(): string[] {
  const plugins = readdirSync(join(ROOT, TOOL_FOLDER)).map((name) => join(TOOL_FOLDER, name));
  return [...TOOL_FILES, ...plugins].map((file) => join(ROOT, file));
}

function digestsOf(files: string[]): Digests {
  const digest = (file: string): string => createHash("sha256").update(readFileSync(join(ROOT, file))).digest("base64");
  return Object.fromEntries([...new Set(files)].sort().map((file) => [file, digest(file)]));
}
