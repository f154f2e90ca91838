import { readFileSync } from "node:fs";
import type { Mistake } from "./mistake.ts";

/** The settings that somebody begins with; it says what everything looks like and is right as it stands, but for these. */
export const EXAMPLE_FILE = new URL("../../settings.example.json", import.meta.url);

/** What nobody can really have as the example has it. */
const PLACEHOLDERS = [
  ["wifi", "ssid"], ["wifi", "password"],
  ["oauth", "host"], ["oauth", "clientId"], ["oauth", "clientSecret"],
  ["aws", "endpoint"], ["telemetry", "url"],
];

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value);
}

/**
 * Settings that are still as in settings.example.json. In wifi they are mistakes, because every program needs it; a section that no
 * program asks for does no harm.
 */
export function findPlaceholders(settings: unknown): { mistakes: Mistake[]; warnings: Mistake[] } {
  const example: unknown = JSON.parse(readFileSync(EXAMPLE_FILE, "utf8"));
  const found = PLACEHOLDERS.filter((path) => at(settings, path) !== undefined && at(settings, path) === at(example, path));
  const isNeeded = (path: string[]): boolean => path[0] === "wifi";
  return {
    mistakes: found.filter(isNeeded).map((path) => ({ path, text: "is still as in settings.example.json; write your own" })),
    warnings: found.filter((path) => !isNeeded(path)).map((path) => ({
      path, text: `is still as in settings.example.json; write your own, or leave the section ${path[0]} out`,
    })),
  };
}
