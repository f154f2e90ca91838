// The framer as users get it: the two files in dist/modules, loaded the CommonJS way, never the sources.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { branchReached } from "../bundles/reached-branches.ts";
import { builtModule, countedModule } from "../bundles/test-bundles.ts";

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

/** The plain form, with the calls that tell which branches it runs. */
export const COUNTED_BUILD = "http-framer.counted.js";

// The firmware's trim() takes bytes 9 to 13 and the blank; a computer's takes 0xA0 too, which may be part of a UTF-8 character.
String.prototype.trim = function () {
  return this.replace(/^[\t-\r ]+|[\t-\r ]+$/g, "");
};

const files = new Map<string, string>();

/** Builds the framer unless that was done before, and once more so that it tells which branches it runs. For a before() hook. */
export async function ensureFramerBuilds(): Promise<void> {
  const { plain, minified } = await builtModule("http-framer");
  files.set("http-framer.js", plain).set("http-framer.min.js", minified).set(COUNTED_BUILD, (await countedModule("http-framer")).plain);
}

/** Loads one of BUILD_NAMES, or COUNTED_BUILD. */
export function loadFramer(buildName: string): Framer {
  (globalThis as { branchReached?: typeof branchReached }).branchReached = branchReached;
  return createRequire(import.meta.url)(files.get(buildName)!) as Framer;
}

/** Gives the text of one of BUILD_NAMES, for an interpreter other than this one. */
export function readFramerSource(buildName: string): string {
  return readFileSync(files.get(buildName)!, "utf8");
}
