import { Command } from "commander";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { isUpToDate, recordBuild } from "./rollup/build-record.ts";
import { appBundle, appNames, moduleBundles, type Bundle } from "./rollup/bundle.ts";
import type { SourcePlugins } from "./rollup/rollup-options.ts";

/** A bundle that has been written. */
export interface BuiltBundle extends Bundle {
  plainBytes: number;
  minifiedBytes: number;
}

/**
 * Builds the program src/NAME.ts into dist/NAME.js and dist/NAME.min.js, unless they are there and nothing has changed since.
 * @throws Error for a name that is not one of src/ (it lists those), for type errors, and for anything the firmware cannot run
 */
export async function buildApp(name: string): Promise<BuiltBundle> {
  const known = appNames();
  if (!known.includes(name)) {
    throw new Error(`There is no program "${name}" in src/. Known: ${known.join(", ") || "none"}.`);
  }
  return await buildIfChanged(appBundle(name));
}

/**
 * Builds one bundle, unless its files are there and nothing that they are made of has changed since.
 * @throws Error that names the source file and line
 */
export async function buildIfChanged(bundle: Bundle): Promise<BuiltBundle> {
  return isUpToDate(bundle) ? await withSizes(bundle) : await buildBundle(bundle);
}

/** Builds every program of src/ and every module that plain-JavaScript users get, one after the other. */
export async function buildAll(onBuilt: (built: BuiltBundle) => void = () => {}): Promise<BuiltBundle[]> {
  const built: BuiltBundle[] = [];
  const bundles = [...appNames().map(appBundle), ...moduleBundles()];
  const { sourcePlugins } = await import("./rollup/rollup-options.ts");
  const plugins = sourcePlugins(bundles.map((bundle) => bundle.input));
  for (const bundle of bundles) {
    const done = await buildBundle(bundle, plugins);
    built.push(done);
    onBuilt(done);
  }
  return built;
}

/**
 * Builds one bundle and writes its two files.
 * @param plugins to share the compiler between bundles built one after the other
 * @throws Error that names the source file and line
 */
export async function buildBundle(bundle: Bundle, plugins?: SourcePlugins): Promise<BuiltBundle> {
  // Loaded only now, because compiler and bundler take a second: often there is nothing to build.
  const [{ rollup }, { rollupOptions }] = await Promise.all([import("rollup"), import("./rollup/rollup-options.ts")]);
  const { output: outputs, ...input } = rollupOptions(bundle, plugins);
  await mkdir(dirname(bundle.plain), { recursive: true });
  const build = await rollup(input);
  try {
    for (const output of outputs) await writeWhole(output.file!, (await build.generate(output)).output[0].code);
    recordBuild(bundle, build.watchFiles);
  } finally {
    await build.close();
  }
  return await withSizes(bundle);
}

// Whoever else reads the file has the old or the new one: tests that run side by side build into the same folder.
async function writeWhole(file: string, code: string): Promise<void> {
  const written = `${file}.${process.pid}`;
  await writeFile(written, code);
  await rename(written, file);
}

async function withSizes(bundle: Bundle): Promise<BuiltBundle> {
  return { ...bundle, plainBytes: (await stat(bundle.plain)).size, minifiedBytes: (await stat(bundle.minified)).size };
}

/** A failed build as text for people: what, where, and the lines of source around it where rollup knows them. */
export function describeBuildError(error: unknown): string {
  const { message, loc, frame } = error as { message: string; loc?: { file?: string; line: number; column: number }; frame?: string };
  const place = loc?.file ? `${relative(process.cwd(), loc.file)}:${loc.line}:${loc.column}: ` : "";
  return `${place}${message}${frame ? `\n${frame}` : ""}`;
}

function printBuilt({ plain, minified, plainBytes, minifiedBytes }: BuiltBundle): void {
  const cwd = process.cwd();
  console.log(`${relative(cwd, plain)} ${plainBytes} bytes, ${relative(cwd, minified)} ${minifiedBytes} bytes`);
}

async function main(): Promise<void> {
  const command = new Command("npm run build --")
    .description("Bundle the programs of src/ for the board, and the modules for plain-JavaScript users, into dist/.")
    .option("--app <name>", "build only src/NAME.ts")
    .parse();
  const { app } = command.opts<{ app?: string }>();
  try {
    if (app === undefined) await buildAll(printBuilt);
    else printBuilt(await buildApp(app));
  } catch (error) {
    console.error(`Build failed: ${describeBuildError(error)}`);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
