// Which branches the counted bundles of this process have run, for the gate of `npm test` (scripts/test/branch-gate.ts).
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where the gate looks; it is not set when single files are tested. */
const FOLDER = process.env["REACHED_BRANCHES"];
const reached = new Set<string>();

/** What a counted bundle calls at the start of each branch. */
export function branchReached(place: string): void {
  reached.add(place);
}

if (FOLDER !== undefined) process.on("exit", () => writeFileSync(join(FOLDER, `${process.pid}.json`), JSON.stringify([...reached])));
