import { RuleTester } from "eslint";
import { describe, it } from "node:test";
import tseslint from "typescript-eslint";

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;

/** ESLint's rule tester on node:test, reading TypeScript modules as the board's code is. */
export function makeRuleTester(): RuleTester {
  return new RuleTester({ languageOptions: { parser: tseslint.parser as never, sourceType: "module" } });
}
