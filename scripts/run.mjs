// The one entry of every npm script. Plain JavaScript without dependencies, because on a fresh clone it is what installs them.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installedMark = join(root, "node_modules", ".installed-lock-hash");

function lockHash() {
  return createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");
}

function isInstalled() {
  return existsSync(installedMark) && readFileSync(installedMark, "utf8") === lockHash();
}

function install() {
  console.log("Installing the dependencies that package-lock.json names (npm ci) ...");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error(`Cannot install the dependencies: npm ci ended with ${result.status ?? result.error?.message}. ` +
      "Is the npm registry reachable? Try `npm ci` by hand to see more.");
    process.exit(1);
  }
  writeFileSync(installedMark, lockHash());
}

/** npm takes options for itself that stand before a lone `--`: it would say nothing, and the command would do something else. */
function optionsThatNpmTook(verb) {
  const source = readFileSync(join(root, "scripts", `${verb}.ts`), "utf8");
  const options = [...source.matchAll(/["(](--[a-z][\w-]*)/g)].map(([, option]) => option);
  return options.filter((option) => process.env[`npm_config_${option.slice(2).replaceAll("-", "_")}`] !== undefined);
}

const [verb, ...args] = process.argv.slice(2);
const [taken] = optionsThatNpmTook(verb);
if (taken !== undefined && !args.includes(taken)) {
  const command = verb === "start" || verb === "test" ? `npm ${verb}` : `npm run ${verb}`;
  console.error(`npm took ${taken} for an option of its own. Options of the command stand behind a lone --: ${command} -- ${taken} ...`);
  process.exit(1);
}
if (!isInstalled()) install();
const child = spawn(process.execPath, ["--import", "tsx", join(root, "scripts", `${verb}.ts`), ...args], { cwd: root, stdio: "inherit" });
// The terminal sends Ctrl-C to both; the command cleans up first and its exit code is ours. What is sent to us alone is passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
