// The lock file has to serve `npm ci` on every platform, also where it was not written.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface LockedPackage {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lockFile = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
const { packages } = JSON.parse(lockFile) as { packages: Record<string, LockedPackage> };

test("it holds the packages of every platform: npm leaves out those it cannot find, and npm ci refuses such a file", () => {
  const installed = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
  const missing = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !installed.has(name));
  assert.deepEqual(missing, []);
});

test("it names no registry", () => {
  assert.deepEqual(Object.entries(packages).filter(([, { resolved }]) => resolved?.startsWith("http")), []);
});
