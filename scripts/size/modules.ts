// What each module contributes to each bundle.
import { relative } from "node:path";
import { rollup, type OutputChunk } from "rollup";
import { appNames, appBundle, moduleBundles, ROOT, type Bundle } from "../rollup/bundle.ts";
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

/** Builds all bundles in memory and takes them apart. */
export async function measureModules(): Promise<BundleParts[]> {
  const bundles = [...appNames().map(appBundle), ...moduleBundles()];
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
    return { name: bundle.name, plain: chunks[0]!.code, minified: chunks[1]!.code, modules: divide(chunks[0]!, chunks[1]!.code.length) };
  } finally {
    await build.close();
  }
}

function divide(chunk: OutputChunk, minifiedBytes: number): Record<string, ModuleSize> {
  const entries = Object.entries(chunk.modules).filter(([, { renderedLength }]) => renderedLength > 0);
  const dense = entries.map(([, { code }]) => code!.replace(/\s+/g, "").length);
  const share = minifiedBytes / dense.reduce((sum, bytes) => sum + bytes, 0);
  return Object.fromEntries(entries.map(([id, { renderedLength }], index) =>
    [relative(ROOT, id).replaceAll("\\", "/"), { plainBytes: renderedLength, minifiedBytes: Math.round(dense[index]! * share) }]));
}
