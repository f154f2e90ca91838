import { before } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, MINIFIED_TARGETS } from "./board-run.ts";
import { describeTelemetry } from "./telemetry-tests.ts";

let built: { bundles: Record<string, BuiltBundle> };
before(async () => {
  built = await buildPrograms("telemetry");
});

for (const target of MINIFIED_TARGETS.filter(({ engine }) => engine === "node")) describeTelemetry(target, () => built.bundles["telemetry"]!);
