import { Command } from "commander";
import { interpreterPath } from "./board/espruino-engine/interpreter.ts";
import { appNames } from "./rollup/bundle.ts";
import { overBudgets, readSizeBudgets } from "./size/budgets.ts";
import { committedFigures, FIGURES_FILE, writeFigures, type Figures } from "./size/figures.ts";
import { measureLoaded } from "./size/memory.ts";
import { measureModules } from "./size/modules.ts";
import { describeBundle, describeModules } from "./size/report.ts";
import { runCommand } from "./terminal/command.ts";

function readCommand(): { modules: boolean } {
  return new Command("npm run size --")
    .description("Show what each module contributes to each bundle, the JsVars that each program takes when loaded (with ESPRUINO_BIN), the budgets, and what has " +
      `changed since the last commit. Writes ${FIGURES_FILE}. Ends with 1 when something is over its budget.`)
    .option("--no-modules", "only the bundles")
    .parse()
    .opts<{ modules: boolean }>();
}

async function size(): Promise<number> {
  const { modules } = readCommand();
  const [figures, before, budgets] = [await measureAll(), committedFigures(), readSizeBudgets()];
  for (const [name, each] of Object.entries(figures)) {
    console.log(`\n${describeBundle(name, each, before[name])}`);
    if (modules) for (const line of describeModules(each, before[name])) console.log(line);
  }
  writeFigures(figures);
  const failures = Object.entries(figures).flatMap(([name, each]) => overBudgets(name, each, budgets));
  for (const failure of failures) console.error(failure);
  return failures.length > 0 ? 1 : 0;
}

async function measureAll(): Promise<Figures> {
  const binary = process.env["ESPRUINO_BIN"] ? interpreterPath() : undefined;
  if (!binary) console.log("JsVars are not measured: ESPRUINO_BIN is not set.");
  const figures: Figures = {};
  for (const { name, plain, minified, modules } of await measureModules()) {
    const blocks = binary && appNames().includes(name) ? await measureLoaded(binary, minified) : undefined;
    figures[name] = { plainBytes: plain.length, minifiedBytes: minified.length, modules, ...(blocks && { blocks }) };
  }
  return figures;
}

await runCommand(size);
