// The bundles that tests run: each is built once, kept in .test-bundles/ and used by all until something that it is made of changes.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildIfChanged, type BuiltBundle } from "../../scripts/build.ts";
import { appBundle, bundleOf, moduleBundles, ROOT, type Bundle } from "../../scripts/rollup/bundle.ts";

const BUILT = join(ROOT, ".test-bundles");
const PROGRAMS = join(ROOT, "test", "device", "programs");

/** What is no program, but modules for tests that load them; by name. */
const MODULES: Record<string, string> = {
  "certificate-reader": join(PROGRAMS, "certificate-reader.ts"),
  "json-reader-module": join(ROOT, "modules", "json-reader.ts"),
  outbox: join(ROOT, "modules", "outbox.ts"),
  "pure-modules": join(PROGRAMS, "pure-modules.ts"),
  "tls-guard": join(PROGRAMS, "tls-guard.ts"),
};

/** The modules whose branches the tests must cover: modules/http, modules/tls, modules/outbox.ts. */
const COUNTED: Record<string, string> = {
  "http-framer": join(ROOT, "modules", "http-framer.ts"),
  "certificate-reader": MODULES["certificate-reader"]!,
  outbox: MODULES["outbox"]!,
  "tls-guard": MODULES["tls-guard"]!,
};

/** The bundle of a program of test/device/programs, or of one of src/ by a name that begins with "src/". */
export function programBundle(name: string): Bundle {
  return name.startsWith("src/") ? appBundle(basename(name)) : bundleOf("app", name, join(PROGRAMS, `${name}.ts`), BUILT);
}

/** Builds a program (see programBundle). */
export async function builtProgram(name: string): Promise<BuiltBundle> {
  return await buildIfChanged(programBundle(name));
}

/** Builds a module, one of those above or of those that are published. */
export async function builtModule(name: string): Promise<BuiltBundle> {
  return await buildIfChanged(moduleBundles().find((bundle) => bundle.name === name) ?? moduleBundle(name));
}

/** Builds a module that tells which branches it runs: its plain form calls `branchReached` (reached-branches.ts). */
export async function countedModule(name: string): Promise<BuiltBundle> {
  return await buildIfChanged(countedBundle(name));
}

/** All of them but those of dist/, to be built at once; those whose branches are counted apart. */
export function allTestBundles(): { usual: Bundle[]; counted: Bundle[] } {
  return {
    usual: [...programNames().map(programBundle), ...Object.keys(MODULES).map(moduleBundle)],
    counted: Object.keys(COUNTED).map(countedBundle),
  };
}

// What exports something is a part of programs, or a module.
function programNames(): string[] {
  return readdirSync(PROGRAMS).filter((file) => !/^export /m.test(readFileSync(join(PROGRAMS, file), "utf8"))).map((file) => basename(file, ".ts"));
}

function moduleBundle(name: string): Bundle {
  return bundleOf("module", name, MODULES[name]!, join(BUILT, "modules"));
}

function countedBundle(name: string): Bundle {
  const bundle = bundleOf("module", name, COUNTED[name]!, join(BUILT, "counted"));
  return { ...bundle, minified: bundle.plain, countsBranches: true };
}
