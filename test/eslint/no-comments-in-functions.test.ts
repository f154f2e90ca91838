import { noCommentsInFunctions } from "../../scripts/eslint/no-comments-in-functions.ts";
import { makeRuleTester } from "./rule-tester.ts";

const errors = [{ messageId: "inside" }];

makeRuleTester().run("no-comments-in-functions", noCommentsInFunctions, {
  valid: [
    "// why\nfunction f() { return 1; }\n/* after */",
    "function f(a /* bytes */) { return a; }",
    "const TABLE = [\n  // first\n  1,\n];",
    "function f() {\n  // eslint-disable-next-line no-empty\n  if (a) {}\n}",
  ],
  invalid: [
    { code: "function f() {\n  // why\n  return 1;\n}", errors },
    { code: "const f = () => { /* why */ };", errors },
    { code: "const o = { get a() { return 1; /** why */ } };", errors },
    { code: "class A { m() { // why\n } }", errors },
  ],
});
