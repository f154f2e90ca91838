// The modules that need no firmware, built as the published ones are and loaded into this process.
import { readFile } from "node:fs/promises";
import { builtModule } from "../bundles/test-bundles.ts";
import type { BuildForm } from "./board-run.ts";

/** Only the modules themselves can read it: the minifier shortens its names. */
export type Outgoing = object;

/** The same. */
export type Breaker = object;

/** What programs/pure-modules.ts exports. */
export interface PureModules {
  parseObject(text: string): object;
  stringify(value: unknown): string;
  DEADLINES: Record<string, number>;
  withDefaults(defaults: object, given?: object): Record<string, number>;
  createOutgoing(bytes: string, source: (() => string | undefined) | undefined, owed: number | string | undefined): Outgoing;
  nextPiece(outgoing: Outgoing): string | undefined;
  originOf(options: object): { secure: boolean; host: string; port: number; path: string };
  outgoingOf(wanted: object): Outgoing;
  routeTo(settings: object, host: string, port: number): { host: string; port: number; ca?: () => string; pins?: string[] };
  readSettings(): Record<string, unknown>;
  toBytes(text: string): string;
  takeTurn(onTurn: () => void, mayOverlap?: boolean): unknown;
  endTurn(turn: unknown): void;
  parseUrl(url: string): { secure: boolean; host: string; port: number; path: string };
  resolveReference(base: object, reference: string): { secure: boolean; host: string; port: number; path: string };
  formatUrl(target: object, path: string): string;
  basic(user: string, password: string): string;
  bearer(token: string): string;
  percentEncode(text: string): string;
  encodeQuery(fields: object): string;
  encodeForm(fields: object): string;
  createConsoleLines(mark: string): object;
  printBytes(lines: object, bytes: string): void;
  endLines(lines: object): void;
  isTransient(error: object): boolean;
  mayRepeat(options: object, ending: object): boolean;
  readRetryAfter(value: string | undefined, untoldS: number): number;
  createBreaker(mostFailures: number, firstRestMs: number, longestRestMs: number): Breaker;
  refusedForMs(breaker: Breaker): number;
  enterBreaker(breaker: Breaker): boolean;
  tellBreaker(breaker: Breaker, isTrial: boolean, isFailure: boolean | undefined): void;
  breakerState(breaker: Breaker): string;
}

export interface Loaded {
  modules: PureModules;
  /** Files of the Storage that they see. */
  storage: Record<string, string>;
  /** What they printed. */
  printed: string[];
  /** What getTime() says. */
  clock: { nowS: number };
}

/** Builds both forms and loads each with a Storage of its own. */
export async function loadPureModules(): Promise<Record<BuildForm, Loaded>> {
  const built = await builtModule("pure-modules");
  return { plain: load(await readFile(built.plain, "latin1")), minified: load(await readFile(built.minified, "latin1")) };
}

function load(code: string): Loaded {
  const storage: Record<string, string> = {};
  const printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  const clock = { nowS: 0 };
  const modules = {};
  const factory = new Function("exports", "require", "print", "console", "getTime", code) as (...values: unknown[]) => void;
  factory(modules, () => storageModule(storage), print, { log: print }, () => clock.nowS);
  return { modules: modules as PureModules, storage, printed, clock };
}

function storageModule(files: Record<string, string>): object {
  return {
    read: (name: string) => files[name],
    // As the firmware's: undefined for a missing file, and with the second argument for bad JSON too.
    readJSON(name: string, noExceptions: boolean) {
      try {
        return files[name] === undefined ? undefined : JSON.parse(files[name]);
      } catch (error) {
        if (noExceptions) return undefined;
        throw error;
      }
    },
  };
}
