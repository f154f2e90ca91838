// What a program gives the framer that cannot be meant, and that no vector of text can say.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { BUILD_NAMES, COUNTED_BUILD, ensureFramerBuilds, loadFramer } from "./framer-builds.ts";

before(ensureFramerBuilds);

const nothing = (): void => undefined;
const CALLBACKS = { onHead: nothing, onBody: nothing, onEnd: nothing, onError: nothing };

for (const buildName of [...BUILD_NAMES, COUNTED_BUILD]) {
  describe(buildName, () => {
    for (const body of [5, { a: 1 }, true, ["a"]]) {
      test(`a body that is ${JSON.stringify(body)} is refused`, () => {
        const request = { host: "example.com", method: "POST", body };
        assert.throws(() => loadFramer(buildName).serializeRequest(request), { code: "E_OPTION", phase: "options", message: `body: ${JSON.stringify(typeof body)}` });
      });
    }

    for (const lineBytes of ["many", -1, NaN, {}] as unknown as number[]) {
      test(`a limit that is ${String(lineBytes)} is refused`, () => {
        assert.throws(() => loadFramer(buildName).createResponseParser({ ...CALLBACKS, limits: { lineBytes } }), { code: "E_OPTION", phase: "options", message: /^lineBytes: / });
      });
    }
  });
}
