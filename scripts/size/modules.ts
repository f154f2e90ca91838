// What each module contributes to each bundle.
import { relative } from "node:path";
import { rollup, type RenderedModule } from "rollup";
import { appNames, appBundle, moduleBundles, ROOT, type Bundle } from "../rollup/bundle.ts";
import { narrowed } from "../rollup/narrow-indent.ts";
import { rollupOptions, sourcePlugins } from "../rollup/rollup-options.ts";

/** Bytes of a module in a bundle. */
export interface ModuleSize {
  plainBytes: number;
  /** The minified bundle's bytes, divided among its modules by what each has without white space: an estimate. */
  minifiedBytes: number;
}

export interface BundleParts {
  name: string;
  plain: string;
  minified: string;
  /** By path in the project. */
  modules: Record<string, ModuleSize>;
}

/** Builds bundles, by default all that are published, in memory and takes them apart. */
export async function measureModules(bundles = [...appNames().map(appBundle), ...moduleBundles()]): Promise<BundleParts[]> {
  const plugins = sourcePlugins(bundles.map(({ input }) => input));
  const parts = [];
  for (const bundle of bundles) parts.push(await takeApart(bundle, plugins));
  return parts;
}

async function takeApart(bundle: Bundle, plugins: ReturnType<typeof sourcePlugins>): Promise<BundleParts> {
  const { output: outputs, ...input } = rollupOptions(bundle, plugins);
  const build = await rollup(input);
  try {
    const chunks = [];
    for (const output of outputs) chunks.push((await build.generate(output)).output[0]);
    return { name: bundle.name, plain: chunks[0]!.code, minified: chunks[1]!.code, modules: divide(chunks[0]!.modules, chunks[1]!.code.length) };
  } finally {
    await build.close();
  }
}

/**
 * Divides a minified bundle among its modules.
 * @param modules those of the plain bundle, by file; what was shaken out of it is left out
 */
export function divide(modules: Record<string, Pick<RenderedModule, "code" | "renderedLength">>, minifiedBytes: number): Record<string, ModuleSize> {
  const entries = Object.entries(modules).filter(([, { renderedLength }]) => renderedLength > 0);
  const dense = entries.map(([, { code }]) => code!.replace(/\s+/g, "").length);
  const share = minifiedBytes / dense.reduce((sum, bytes) => sum + bytes, 0);
  return Object.fromEntries(entries.map(([id, { code }], index) =>
    [relative(ROOT, id).replaceAll("\\", "/"), { plainBytes: narrowed(code!).length, minifiedBytes: Math.round(dense[index]! * share) }]));
}
