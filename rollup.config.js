// For `npx rollup -c` and for editors; `npm run build` uses the same options. They are TypeScript, which rollup cannot read itself.
import { tsImport } from "tsx/esm/api";

const { appBundle, appNames, moduleBundles } = await tsImport("./scripts/rollup/bundle.ts", import.meta.url);
const { rollupOptions, sourcePlugins } = await tsImport("./scripts/rollup/rollup-options.ts", import.meta.url);

const bundles = [...appNames().map(appBundle), ...moduleBundles()];
const plugins = sourcePlugins(bundles.map((bundle) => bundle.input));

export default bundles.map((bundle) => rollupOptions(bundle, plugins));
