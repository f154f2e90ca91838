import { noGlobalSsl } from "../../scripts/eslint/no-global-ssl.ts";
import { makeRuleTester } from "./rule-tester.ts";

const errors = [{ messageId: "taken" }];

makeRuleTester().run("no-global-ssl", noGlobalSsl, {
  valid: [
    "const state = ssl[0];",
    "declare const ssl: string[]; const state = ssl[0];",
    "function f() { const ssl = 1; return ssl; }",
    "function f(ssl: string) { ssl = 'x'; return ssl; }",
    "options.ssl = true;",
    "const options = { ssl: true };",
    "ssl[0] = state;",
  ],
  invalid: [
    { code: "ssl = [];", errors },
    { code: "function f() { ssl = undefined; }", errors },
    { code: "const ssl = 1;", errors },
    { code: "export function ssl() {}", errors },
    { code: "let ssl; function f() { ssl = 1; }", errors: [...errors, ...errors] },
    { code: "global.ssl = 1;", errors },
    { code: "globalThis['ssl'] = 1;", errors },
  ],
});
