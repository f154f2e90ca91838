// Loaded into every node process of a command by NODE_OPTIONS: notes the arguments that each was started with.
import { appendFileSync } from "node:fs";

appendFileSync(process.env.ARGUMENTS_LOG, `${JSON.stringify([...process.execArgv, ...process.argv])}\n`);
