import { supportedRegex } from "../../scripts/eslint/supported-regex.ts";
import { makeRuleTester } from "./rule-tester.ts";

const errors = [{ messageId: "unsupported" }];

makeRuleTester().run("supported-regex", supportedRegex, {
  valid: ["/^[0-9a-f]+$/i.test(text);", "new RegExp('a+', 'g');", "new RegExp(pattern);"],
  invalid: [
    { code: "/colou?r/.test(text);", errors },
    { code: "/a/m.test(text);", errors },
    { code: "new RegExp('(?:a)');", errors },
    { code: "RegExp('a', 'y');", errors },
  ],
});
