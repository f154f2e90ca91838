// What rollup makes of the sources: two files for each program in src/ and for each module that plain-JavaScript users require.
//
// A program has no wrapper around it (format "es" of an entry that exports nothing): each top-level statement is a line of its
// own, which the espruino CLI sends and the board runs and forgets one by one. Inside a wrapper function the board would have to
// hold the whole program's text at once and then copy every function out of it, and each name would be one scope further away
// (howsmyssl on an interpreter with an ESP32's memory: 2,170 blocks in use when loaded, with a wrapper 2,320 and 2,000 more before).
// The price is that its functions are globals; the CLI resets the board first, and terser gives them names no board pin has.
import terserPlugin from "@rollup/plugin-terser";
import type { Options } from "@rollup/plugin-terser";
import { join } from "node:path";
import type { OutputOptions, Plugin, RollupLog, RollupOptions } from "rollup";
import { arrowFunctions } from "./arrow-functions.ts";
import { buildTime } from "./build-time.ts";
import { builtinsFirst } from "./builtins-first.ts";
import { ROOT, type Bundle, type BundleKind } from "./bundle.ts";
import { branchCounters } from "./branch-counters.ts";
import { asciiLiterals, byteStrings } from "./byte-strings.ts";
import { firmwareSyntax } from "./firmware-syntax.ts";
import { inlineSingleCalls } from "./inline-single-calls.ts";
import { looseEquality } from "./loose-equality.ts";
import { narrowIndent } from "./narrow-indent.ts";
import { pem } from "./pem.ts";
import { shortNames } from "./short-names.ts";
import { sharedFunctions } from "./shared-functions.ts";
import { sharedStrings } from "./shared-strings.ts";
import { shortUndefined, UNDEFINED_NAME } from "./short-undefined.ts";
import { statementLines } from "./statement-lines.ts";
import { typescript } from "./typescript.ts";
import type { TypescriptPlugin } from "./typescript.ts";

/** All plug-ins for the sources, and among them the compiler, whose knowledge the minifier needs. */
export interface SourcePlugins {
  compiler: TypescriptPlugin;
  all: Plugin[];
}

// plugin-terser declares its default export in a way that Node's ESM types read as a namespace.
const terser = terserPlugin as unknown as typeof terserPlugin.default;

type RenderChunkHook = Extract<Plugin["renderChunk"], (...parameters: never[]) => unknown>;

/** Global names of the firmware that a short minified name could collide with at the REPL: pins, and the TLS state. */
const FIRMWARE_NAMES = ["E", "NC", "ssl", ...pinNames()];

/** Warnings that mean a bundle the firmware cannot run: it does not hoist, so modules must not need each other in a circle. */
const FATAL_WARNINGS = new Set(["CIRCULAR_DEPENDENCY", "UNRESOLVED_IMPORT", "MISSING_EXPORT", "MIXED_EXPORTS", "EVAL"]);

/**
 * The plug-ins that turn TypeScript and PEM files into JavaScript for the board. Bundles built one after the other with the
 * same ones are compiled and type-checked once, with the first of them.
 * @param inputs the TypeScript files those bundles start from
 * @param countsBranches whether the bundles tell which branches they run (branch-counters.ts)
 */
export function sourcePlugins(inputs: string[], countsBranches = false): SourcePlugins {
  const text = byteStrings();
  const compiler = typescript(join(ROOT, "tsconfig.device.json"), inputs, (checker) =>
    [text.transformer, looseEquality(checker), ...(countsBranches ? [branchCounters()] : [])]);
  return { compiler, all: [pem(), compiler, text.plugin, buildTime()] };
}

/** How rollup builds a bundle: one input, a plain and a minified output. */
export function rollupOptions(bundle: Bundle, plugins = sourcePlugins([bundle.input], bundle.countsBranches)): RollupOptions & { output: OutputOptions[] } {
  const minify = minifier(() => plugins.compiler.privateProperties(bundle.input));
  const last = (hasSemicolons: boolean): Plugin[] => [...(bundle.kind === "app" ? [builtinsFirst()] : []), statementLines(hasSemicolons), firmwareSyntax()];
  const plain: OutputOptions = { ...outputFormat(bundle.kind), file: bundle.plain, plugins: [asciiLiterals(), narrowIndent(), ...last(true)] };
  const minified: OutputOptions = {
    ...outputFormat(bundle.kind), file: bundle.minified,
    plugins: [asciiLiterals(), inlineSingleCalls(), minify, shortUndefined(), sharedFunctions(), sharedStrings(), arrowFunctions(bundle.kind), ...last(false)],
  };
  return { input: bundle.input, plugins: plugins.all, onLog: stopAtFatal, output: bundle.countsBranches ? [plain] : [plain, minified] };
}

function outputFormat(kind: BundleKind): OutputOptions {
  if (kind === "app") return { format: "es", generatedCode: "es5" };
  // The firmware has no Object.freeze, and "use strict", the ES module mark and getters for live bindings only cost bytes.
  return {
    format: "cjs", generatedCode: "es5", exports: "named", strict: false, esModule: false, freeze: false,
    interop: "esModule", externalLiveBindings: false,
  };
}

// The names are known only once the sources are compiled, so plugin-terser is set up when there is a chunk to minify.
function minifier(privateProperties: () => string[]): Plugin {
  return {
    name: "minifier",
    renderChunk(code, ...chunk) {
      const { renderChunk } = terser(terserOptions(code, privateProperties()));
      return (renderChunk as RenderChunkHook).call(this, code, ...chunk);
    },
  };
}

function terserOptions(code: string, privateProperties: string[]): Options {
  const reserved = [...FIRMWARE_NAMES, UNDEFINED_NAME];
  return {
    ecma: 5,
    toplevel: true,
    nameCache: { ...shortNames(code, privateProperties, reserved) },
    compress: {
      passes: 3,
      // The firmware does not hoist: functions go first in their scope.
      hoist_funs: true,
      // A function moved to its one call would be made anew, in RAM, at each run of the code around it: inline-single-calls.ts moves what is in it.
      reduce_funcs: false,
      // Its variables would be declared behind their use, which makes them global ones where nothing is hoisted.
      inline: 0,
      keep_fargs: false,
      // No property of ours or the firmware's is a getter.
      pure_getters: true,
      // The same function in the firmware, under a shorter name.
      global_defs: { "@console.log": "print" },
    },
    mangle: {
      reserved,
      // builtins: terser spares every name that a browser's DOM uses somewhere, and there is no DOM here.
      properties: { regex: new RegExp(`^(${privateProperties.join("|")})$`), keep_quoted: true, builtins: true },
    },
    format: { ascii_only: true, comments: false, inline_script: false },
  };
}

function stopAtFatal(level: string, log: RollupLog, handler: (level: "error" | "warn", log: RollupLog) => void): void {
  if (log.code && FATAL_WARNINGS.has(log.code)) handler("error", log);
  else if (level === "warn") handler("warn", log);
}

function pinNames(): string[] {
  return ["A", "B", "C", "D"].flatMap((port) => Array.from({ length: 50 }, (_, pin) => `${port}${pin}`));
}
