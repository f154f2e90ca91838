import { simple } from "acorn-walk";
import MagicString from "magic-string";
import type { Plugin } from "rollup";

const PLACEHOLDER = "BUILD_TIME_S";

/**
 * The time of this build in whole seconds since 1970, or SOURCE_DATE_EPOCH where that is set, so that a build can be repeated
 * byte for byte (reproducible-builds.org/specs/source-date-epoch).
 * @throws Error when SOURCE_DATE_EPOCH is not a whole number
 */
export function buildTimeS(environment: NodeJS.ProcessEnv = process.env): number {
  const given = environment["SOURCE_DATE_EPOCH"];
  if (given === undefined) return Math.floor(Date.now() / 1000);
  if (!/^\d+$/.test(given)) throw new Error(`SOURCE_DATE_EPOCH is "${given}"; it has to be a whole number of seconds since 1970.`);
  return Number(given);
}

/** Rollup plug-in: puts the build's time in place of the global `BUILD_TIME_S`, the earliest time a board's clock may show. */
export function buildTime(seconds = buildTimeS()): Plugin {
  return {
    name: "build-time",
    transform(code) {
      if (!code.includes(PLACEHOLDER)) return null;
      const edited = new MagicString(code);
      simple(this.parse(code), {
        Identifier(node) {
          if (node.name === PLACEHOLDER) edited.overwrite(node.start, node.end, String(seconds));
        },
      });
      return { code: edited.toString(), map: null };
    },
  };
}
