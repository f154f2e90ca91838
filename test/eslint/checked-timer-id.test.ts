import { checkedTimerId } from "../../scripts/eslint/checked-timer-id.ts";
import { makeRuleTester } from "./rule-tester.ts";

makeRuleTester().run("checked-timer-id", checkedTimerId, {
  valid: [
    "if (timer) clearTimeout(timer);",
    "if (timer) { log(); clearInterval(timer); }",
    "if (timer !== undefined) clearTimeout(timer);",
    "if (timer != null) clearTimeout(timer);",
    "if (isOpen && request.timer) clearTimeout(request.timer);",
    "timer && clearTimeout(timer);",
    "isOpen && timer !== undefined && clearTimeout(timer);",
    "timer ? clearTimeout(timer) : log();",
    "if (this.timer) clearTimeout(this.timer!);",
    "setTimeout(f, 1000);",
  ],
  invalid: [
    { code: "clearTimeout();", errors: [{ messageId: "missing" }] },
    { code: "clearInterval();", errors: [{ messageId: "missing" }] },
    { code: "clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "clearTimeout(timer!);", errors: [{ messageId: "unchecked" }] },
    { code: "if (other) clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer) log(); else clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (!timer) clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer === undefined) clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer !== null) clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer || other) clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "timer || clearTimeout(timer);", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer) later(function () { clearTimeout(timer); });", errors: [{ messageId: "unchecked" }] },
    { code: "if (timer) later(() => clearTimeout(timer));", errors: [{ messageId: "unchecked" }] },
    { code: "clearTimeout(start());", errors: [{ messageId: "unnamed" }] },
    { code: "clearTimeout(undefined);", errors: [{ messageId: "unchecked" }] },
  ],
});
