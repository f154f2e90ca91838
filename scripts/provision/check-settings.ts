import type { z } from "zod";
import { nearestName } from "./did-you-mean.ts";
import type { Mistake } from "./mistake.ts";
import { keysOfSection, settingsSchema, TOP_LEVEL_KEYS, type HostSettings } from "./settings-schema.ts";

/** One letter off: a section of one's own must be further away from those of this project. */
const SLIPS_FROM_A_SECTION = 1;
const SLIPS_FROM_A_KEY = 2;

/** What a check of settings found; `settings` only when there is no mistake. */
export interface CheckedSettings {
  settings: HostSettings | undefined;
  mistakes: Mistake[];
}

/**
 * Checks settings against the schema, and what the schema cannot say.
 * @param value what JSON.parse gave
 * @returns every mistake, none of which holds a secret
 */
export function checkSettings(value: unknown): CheckedSettings {
  const result = settingsSchema.safeParse(value);
  const mistakes = [...(result.error?.issues ?? []).flatMap(mistakesOfIssue), ...misspeltSections(value), ...uselessEntries(value)];
  return { settings: mistakes.length === 0 ? result.data : undefined, mistakes: onePerPath(mistakes) };
}

function mistakesOfIssue(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(issue.path, key));
  const message = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
  return [{ path: issue.path, text: message ?? issue.message }];
}

function unknownKey(path: readonly PropertyKey[], key: string): Mistake {
  const known = keysOfSection(String(path[0])) ?? [];
  const nearest = nearestName(key, known, SLIPS_FROM_A_KEY);
  const text = nearest ? `there is no such setting; did you mean "${nearest}"?` : `there is no such setting; here can be: ${known.join(", ")}`;
  return { path: [...path, key], text };
}

/** A section of somebody's own is nothing wrong; one that is called nearly as one of this project is most likely misspelt. */
function misspeltSections(value: unknown): Mistake[] {
  const settings = asObject(value);
  return Object.keys(settings).filter((key) => !TOP_LEVEL_KEYS.includes(key)).flatMap((key) => {
    const nearest = nearestName(key, TOP_LEVEL_KEYS, SLIPS_FROM_A_SECTION) ?? (isObject(settings[key]) ? undefined : sectionWithKey(key));
    const text = `there is no such setting; did you mean "${nearest}"? If it belongs to a program of your own, name it otherwise`;
    return nearest ? [{ path: [key], text }] : [];
  });
}

/** "password" at the top level belongs one level deeper. */
function sectionWithKey(key: string): string | undefined {
  const section = TOP_LEVEL_KEYS.find((name) => keysOfSection(name)?.includes(key));
  return section && `${section}.${key}`;
}

/** The board looks at trust anchors and pins of mapped hosts only: others would give a false feeling of safety. */
function uselessEntries(value: unknown): Mistake[] {
  const settings = asObject(value);
  const mapped = asObject(settings["connectTo"]);
  const text = "this host is not in connectTo, so the board takes no notice of it; give the program its own ca or pins";
  const uselessIn = (name: string): string[] => Object.keys(asObject(settings[name])).filter((host) => !Object.hasOwn(mapped, host));
  return ["trustAnchors", "pins"].flatMap((name) => uselessIn(name).map((host) => ({ path: [name, host], text })));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** A value can break several rules at once; the first says the same as the others, and a likely misspelling more than all. */
function onePerPath(mistakes: Mistake[]): Mistake[] {
  const byPath = new Map<string, Mistake>();
  for (const mistake of mistakes) {
    const key = JSON.stringify(mistake.path);
    if (!byPath.has(key) || mistake.text.includes("did you mean")) byPath.set(key, mistake);
  }
  return [...byPath.values()];
}
