// The JSON reader, built as published modules are and loaded into this process, and what it reports.
import { readFile } from "node:fs/promises";
import { builtModule } from "../bundles/test-bundles.ts";

export type JsonPath = string | (string | number)[];
/** A value with its path, an error's code with its offset, or "end". */
export type JsonEvent = [path: JsonPath, value: unknown] | [code: string, offset: number | undefined] | "end";

interface JsonReader {
  push(bytes: string): void;
  close(): void;
}

export interface JsonReaderOptions {
  paths: JsonPath[];
  limits?: Record<string, number>;
  onValue(path: JsonPath, value: unknown): void;
  onEnd?(): void;
  onError(error: { code: string; phase: string; message: string; offset?: number }): void;
}

export type CreateJsonReader = (options: JsonReaderOptions) => JsonReader;

/** Builds both forms. */
export async function loadJsonReader(): Promise<{ plain: CreateJsonReader; minified: CreateJsonReader }> {
  const built = await builtModule("json-reader-module");
  return { plain: load(await readFile(built.plain, "latin1")), minified: load(await readFile(built.minified, "latin1")) };
}

function load(code: string): CreateJsonReader {
  const exports = {};
  (new Function("exports", code) as (exports: object) => void)(exports);
  return (exports as { createJsonReader: CreateJsonReader }).createJsonReader;
}

/** What a reader reports for a text in these pieces. */
export function eventsOf(create: CreateJsonReader, pieces: string[], paths: JsonPath[], limits?: Record<string, number>): JsonEvent[] {
  const events: JsonEvent[] = [];
  const reader = create({
    paths,
    ...(limits && { limits }),
    onValue: (path, value) => void events.push([path, value]),
    onEnd: () => void events.push("end"),
    onError: ({ code, offset }) => void events.push([code, offset]),
  });
  for (const piece of pieces) reader.push(piece);
  reader.close();
  return events;
}

/** A text in pieces of so many bytes. */
export function cut(text: string, pieceBytes: number): string[] {
  return Array.from({ length: Math.ceil(text.length / pieceBytes) }, (_, index) => text.substr(index * pieceBytes, pieceBytes));
}
