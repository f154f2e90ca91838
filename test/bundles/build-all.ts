// Builds what tests run before they run, with one compiler for all: alone, each test file would load a compiler of its own.
import { buildBundle, describeBuildError } from "../../scripts/build.ts";
import { isUpToDate } from "../../scripts/rollup/build-record.ts";
import type { Bundle } from "../../scripts/rollup/bundle.ts";
import { allTestBundles } from "./test-bundles.ts";

async function buildChanged(bundles: Bundle[], countsBranches: boolean): Promise<void> {
  const changed = bundles.filter((bundle) => !isUpToDate(bundle));
  if (changed.length === 0) return;
  const { sourcePlugins } = await import("../../scripts/rollup/rollup-options.ts");
  const plugins = sourcePlugins(changed.map(({ input }) => input), countsBranches);
  for (const bundle of changed) await buildBundle(bundle, plugins);
}

try {
  const { usual, counted } = allTestBundles();
  await buildChanged(usual, false);
  await buildChanged(counted, true);
} catch (error) {
  console.error(`Build failed: ${describeBuildError(error)}`);
  process.exitCode = 1;
}
