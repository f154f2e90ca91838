import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a bundle is for: a program the board runs, or a module another program requires. */
export type BundleKind = "app" | "module";

export interface Bundle {
  kind: BundleKind;
  name: string;
  /** The TypeScript file it starts from. */
  input: string;
  /** The readable bundle; it runs as well as the minified one. */
  plain: string;
  minified: string;
  /** Whether it tells which branches of its sources it runs (branch-counters.ts). Then it has one form: `minified` names the same file. Default: no. */
  countsBranches?: true;
}

/** The project's folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const DIST = join(ROOT, "dist");

/** The modules that plain-JavaScript users get, each from modules/NAME.ts. */
const PUBLISHED_MODULES = ["http-framer", "https"];

/** Names of the programs that can be built: the files of src/. */
export function appNames(): string[] {
  return readdirSync(join(ROOT, "src")).filter((file) => file.endsWith(".ts")).map((file) => basename(file, ".ts")).sort();
}

/** The bundle of src/NAME.ts. */
export function appBundle(name: string): Bundle {
  return bundleOf("app", name, join(ROOT, "src", `${name}.ts`), DIST);
}

/** The bundles of the modules for plain-JavaScript users. */
export function moduleBundles(): Bundle[] {
  return PUBLISHED_MODULES.map((name) => bundleOf("module", name, join(ROOT, "modules", `${name}.ts`), join(DIST, "modules")));
}

/** A bundle of `input`, written to `directory`/NAME.js and NAME.min.js. */
export function bundleOf(kind: BundleKind, name: string, input: string, directory: string): Bundle {
  return { kind, name, input, plain: join(directory, `${name}.js`), minified: join(directory, `${name}.min.js`) };
}
