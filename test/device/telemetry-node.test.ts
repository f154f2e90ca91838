import { after, before } from "node:test";
import type { BuiltBundle } from "../../scripts/build.ts";
import { buildPrograms, MINIFIED_TARGETS } from "./board-run.ts";
import { describeTelemetry } from "./telemetry-tests.ts";

let built: { bundles: Record<string, BuiltBundle>; remove(): Promise<void> };
before(async () => {
  built = await buildPrograms("telemetry");
});
after(() => built.remove());

for (const target of MINIFIED_TARGETS.filter(({ engine }) => engine === "node")) describeTelemetry(target, () => built.bundles["telemetry"]!);
