// TypeScript for the board. Not @rollup/plugin-typescript, because that one keeps a watching compiler behind each build: after
// a type error it reports only the first and the process never ends.
import { normalize } from "node:path";
import type { Plugin } from "rollup";
import ts from "typescript";
import { privatePropertyNames } from "./private-properties.ts";

/** The plug-in, and what its compiler knows beyond the code. */
export interface TypescriptPlugin extends Plugin {
  /** Property names that the minifier may shorten in the bundle of `input` (private-properties.ts); to be asked for after the build's start. */
  privateProperties(input: string): string[];
}

/** Transformers may ask for types. */
type TransformersOf = (checker: ts.TypeChecker) => ts.TransformerFactory<ts.SourceFile>[];

interface Compiled {
  program: ts.Program;
  /** JavaScript for each TypeScript file of the program. */
  code: Map<string, string>;
  options: ts.CompilerOptions;
}

/**
 * Rollup plug-in: compiles and type-checks the inputs and all they import, once, with the first build it takes part in.
 * Every type error stops the build, and all of them are reported together.
 * @param configFile the tsconfig whose options and declaration files (.d.ts) apply
 * @param inputs the files that bundles start from
 * @param transformers what to do to the syntax tree, one after the other, before the compiler does
 */
export function typescript(configFile: string, inputs: string[], transformers: TransformersOf): TypescriptPlugin {
  let compiled: Compiled | undefined;
  return {
    name: "typescript",
    privateProperties: (input) => compiled ? privatePropertyNames(compiled.program, forwardSlashes(input)) : [],
    buildStart() {
      compiled ??= compile(configFile, inputs, transformers);
      // Files that are imported for their types alone are in no bundle, and yet it depends on them.
      for (const { fileName } of compiled.program.getSourceFiles()) this.addWatchFile(fileName);
    },
    resolveId(specifier, importer) {
      if (!importer || !compiled) return null;
      const found = ts.resolveModuleName(specifier, importer, compiled.options, ts.sys).resolvedModule;
      return found && isSource(found.resolvedFileName) ? normalize(found.resolvedFileName) : null;
    },
    load(id) {
      this.addWatchFile(id);
      return compiled?.code.get(forwardSlashes(id)) ?? null;
    },
  };
}

function compile(configFile: string, inputs: string[], transformers: TransformersOf): Compiled {
  const { options, declarations } = readConfig(configFile);
  const program = ts.createProgram([...declarations, ...inputs], options);
  refuse(ts.getPreEmitDiagnostics(program));
  const code = new Map<string, string>();
  const writeFile: ts.WriteFileCallback = (_name, text, _bom, _onError, sources) => {
    for (const source of sources ?? []) code.set(source.fileName, text);
  };
  refuse(program.emit(undefined, writeFile, undefined, false, { before: transformers(program.getTypeChecker()) }).diagnostics);
  return { program, code, options };
}

function readConfig(configFile: string): { options: ts.CompilerOptions; declarations: string[] } {
  const host: ts.ParseConfigFileHost = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => refuse([problem]) };
  const config = ts.getParsedCommandLineOfConfigFile(configFile, { noEmit: false, sourceMap: false }, host);
  if (!config) throw new Error(`Cannot read ${configFile}.`);
  refuse(config.errors);
  return { options: config.options, declarations: config.fileNames.filter((file) => !isSource(file)) };
}

function refuse(diagnostics: readonly ts.Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  const host = { getCanonicalFileName: (name: string) => name, getCurrentDirectory: () => process.cwd(), getNewLine: () => "\n" };
  throw new Error(`${diagnostics.length} type errors:\n${ts.formatDiagnostics(diagnostics, host).trimEnd()}`);
}

function isSource(file: string): boolean {
  return file.endsWith(".ts") && !file.endsWith(".d.ts");
}

function forwardSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}
