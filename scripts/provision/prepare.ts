import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { adviceOn } from "./advice.ts";
import { checkSettings } from "./check-settings.ts";
import { prepareDeviceIdentity, type PreparedFiles } from "./device-identity.ts";
import { readJsonSource } from "./json-source.ts";
import type { Mistake } from "./mistake.ts";
import { findPlaceholders } from "./placeholders.ts";
import type { HostSettings } from "./settings-schema.ts";
import { prepareTrustAnchors } from "./trust-anchor-files.ts";

/** Where modules/settings.ts looks. */
export const SETTINGS_FILE = "settings.json";

/**
 * Reads a settings file and all files it names, checks them, and converts them for the board.
 * @param path of the settings file
 * @param now the moment at which certificates have to be valid
 * @returns what belongs into the board's Storage, the settings last; nothing when there is a mistake
 * @throws Error when the settings file cannot be read
 */
export async function prepareFiles(path: string, now: Date): Promise<PreparedFiles> {
  const { value, mistakes, lineOf } = readJsonSource(await readSettingsFile(path));
  if (mistakes.length > 0) return { files: {}, mistakes, warnings: [], notes: [] };
  const prepared = await prepareSettings(value, dirname(path), now);
  const withLines = (found: Mistake[]): Mistake[] => found.map((each) => ({ ...each, line: lineOf(each.path) }));
  return { ...prepared, mistakes: withLines(prepared.mistakes), warnings: withLines(prepared.warnings) };
}

async function readSettingsFile(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT") throw new Error(`Cannot read ${path} (${code}).`);
    throw new Error(`There is no ${path}. Begin with the example: copy settings.example.json to settings.json and write in ` +
      "your network and what your programs need; leave the other sections out. Git ignores settings.json.");
  }
}

async function prepareSettings(value: unknown, folder: string, now: Date): Promise<PreparedFiles> {
  const { settings, mistakes } = checkSettings(value);
  const placeholders = findPlaceholders(value);
  if (!settings) return { files: {}, mistakes: [...mistakes, ...placeholders.mistakes], warnings: [], notes: [] };
  const identity = settings.device ? await prepareDeviceIdentity(settings.device, folder, now) : undefined;
  const anchors = await prepareTrustAnchors(settings, folder, now);
  const parts = [identity, anchors, { ...placeholders, warnings: [...placeholders.warnings, ...adviceOn(settings)] }];
  const allMistakes = parts.flatMap((part) => part?.mistakes ?? []);
  const files = { ...identity?.files, ...anchors.files, [SETTINGS_FILE]: boardSettings(anchors.settings) };
  return {
    files: allMistakes.length === 0 ? files : {},
    mistakes: allMistakes,
    warnings: parts.flatMap((part) => part?.warnings ?? []),
    notes: [...(identity?.notes ?? []), ...anchors.notes],
  };
}

/** The board finds certificate and key by their names in its Storage; where they are on this computer is none of its business. */
function boardSettings({ device: _, ...settings }: HostSettings): Buffer {
  return Buffer.from(JSON.stringify(settings));
}
