// The framer as users get it: the two files in dist/modules, loaded the CommonJS way, never the sources.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ResponseHead {
  httpVersion: string;
  statusCode: number;
  statusMessage: string;
  headers: Record<string, string | string[]>;
}

export interface FramerError {
  code: string;
  phase: string;
  message: string;
}

export interface FramerLimits {
  lineBytes?: number;
  headBytes?: number;
  headerCount?: number;
  interimCount?: number;
}

export interface ResponseParserOptions {
  method?: string;
  limits?: FramerLimits;
  onHead(head: ResponseHead): void;
  onBody(bytes: string): void;
  onEnd(): void;
  onError(error: FramerError): void;
}

export interface ResponseParser {
  push(bytes: string): void;
  close(clean: boolean): void;
}

export interface Framer {
  serializeRequest(options: Record<string, unknown>): string;
  createResponseParser(options: ResponseParserOptions): ResponseParser;
}

export const BUILD_NAMES = ["http-framer.js", "http-framer.min.js"] as const;

// The firmware's trim() takes bytes 9 to 13 and the blank; a computer's takes 0xA0 too, which may be part of a UTF-8 character.
String.prototype.trim = function () {
  return this.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
};

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DIST = join(ROOT, "dist", "modules");
const ENTRY = join(ROOT, "modules", "http-framer.ts");

/** Builds the framer's two files when one is missing or older than its sources. For a before() hook. */
export async function ensureFramerBuilds(): Promise<void> {
  if (buildsAreFresh()) return;
  // Loading the compiler takes longer than most of the tests.
  const { buildBundle } = await import("../../scripts/build.ts");
  const { bundleOf } = await import("../../scripts/rollup/bundle.ts");
  await buildBundle(bundleOf("module", "http-framer", ENTRY, DIST));
}

/** Loads one of BUILD_NAMES from dist/modules. */
export function loadFramer(buildName: string): Framer {
  return createRequire(import.meta.url)(join(DIST, buildName)) as Framer;
}

/** Gives the text of one of BUILD_NAMES, for an interpreter other than this one. */
export function readFramerSource(buildName: string): string {
  return readFileSync(join(DIST, buildName), "utf8");
}

function buildsAreFresh(): boolean {
  const files = BUILD_NAMES.map((name) => join(DIST, name));
  if (!files.every((file) => existsSync(file))) return false;
  return Math.max(...modifiedMs(sourcesFrom(ENTRY))) <= Math.min(...modifiedMs(files));
}

function modifiedMs(files: Iterable<string>): number[] {
  return [...files].map((file) => statSync(file).mtimeMs);
}

/** Gives `entry` and every file it imports, directly or not. */
function sourcesFrom(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const match of readFileSync(entry, "utf8").matchAll(/ from "(\.[^"]+)"/g)) {
    sourcesFrom(sourceFile(dirname(entry), match[1] ?? ""), seen);
  }
  return seen;
}

function sourceFile(folder: string, specifier: string): string {
  const file = join(folder, specifier);
  return existsSync(file) ? file : `${file}.ts`;
}
