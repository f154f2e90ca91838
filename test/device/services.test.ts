// The modules for services, and the programs that use them, on a board that meets stand-ins. In one file, because each file compiles.
import { before } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, MINIFIED_TARGETS } from "./board-run.ts";
import { describeServicePrograms } from "./program-tests.ts";
import { describeShadows } from "./shadow-tests.ts";
import { describeTokens } from "./token-tests.ts";

// The short run has the programs in `npm start`, test/commands.
const isLong = !!process.env["TEST_LONG"];
const PROGRAMS = isLong ? ["src/oauth-token", "src/aws-shadow"] : [];

let bundles: Record<string, BuiltBundle>;
before(async () => ({ bundles } = await buildPrograms("services", ...PROGRAMS)));

for (const target of MINIFIED_TARGETS) {
  describeTokens(target, () => bundles["services"]!);
  describeShadows(target, () => bundles["services"]!);
  if (isLong) describeServicePrograms(target, () => bundles);
}
