// The parts of retrying that need no board: which requests may be repeated, Retry-After, and the breaker against a model.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { loadPureModules, type PureModules } from "./pure-modules.ts";

/** The errors that pass by themselves; every other code of docs/errors.md never leads to a repetition. */
const TRANSIENT = new Set([
  "E_DNS", "E_CONNECT", "E_HEAP", "E_RESET", "E_HANDSHAKE", "E_TLS_ALERT", "E_TLS_RECORD", "E_NO_RESPONSE", "E_TRUNCATED",
  "E_TIMEOUT_DNS", "E_TIMEOUT_CONNECT", "E_TIMEOUT_HANDSHAKE", "E_TIMEOUT_FIRST_BYTE", "E_TIMEOUT_IDLE", "E_TIMEOUT_TOTAL",
]);
const UNSENT = ["queued", "dns", "connect", "handshake"];
const SENT = ["request", "first-byte", "head", "body"];
const PHASES = [...UNSENT, ...SENT, "options", "response", "settings", "wifi", "clock", "boot", "outbox"];
const IDEMPOTENT = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"];
const METHODS = [undefined, ...IDEMPOTENT, "POST", "PATCH", "MOVE", "get"];
const KEYS = ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"];
const HEADERS = [undefined, { "X-Idempotency-Key": "1" }, ...KEYS.map((name) => ({ [name]: "1" }))];
const DAY_S = 86_400;

const errorsPage = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
const CODES = [...errorsPage.matchAll(/^\| `(E_\w+)`/gm)].map(([, code]) => code!).concat("E_OF_TOMORROW");

const hasKey = (headers: object | undefined): boolean => Object.keys(headers ?? {}).some((name) => KEYS.includes(name));
const isHarmless = (method: string | undefined, headers: object | undefined): boolean => IDEMPOTENT.includes(method ?? "GET") || hasKey(headers);

for (const [form, { modules, clock }] of Object.entries(await loadPureModules())) {
  const { mayRepeat, isTransient, readRetryAfter } = modules;

  describe(`what may be repeated, ${form}`, () => {
    // Only a restart mends it: it is named in docs/retry.md, and no mistake in docs/errors.md may hide it from here.
    test("E_SOCKETS_LOST is among the codes that are tried, and never repeated", () => {
      assert.ok(CODES.includes("E_SOCKETS_LOST"));
      for (const phase of PHASES) assert.equal(mayRepeat({}, { code: "E_SOCKETS_LOST", phase, message: "5 TLS set-ups failed" }), false, phase);
    });

    for (const code of CODES) {
      test(`${code}: ${TRANSIENT.has(code) ? "after what was sent only the harmless, before it all" : "never"}`, () => {
        for (const phase of PHASES) for (const method of METHODS) for (const headers of HEADERS) {
          const expected = TRANSIENT.has(code) && (UNSENT.includes(phase) || isHarmless(method, headers));
          assert.equal(mayRepeat({ method, headers }, { code, phase, message: "closed" }), expected, `${method} ${phase} ${JSON.stringify(headers)}`);
        }
        assert.equal(isTransient({ code, phase: "handshake", message: "closed" }), TRANSIENT.has(code));
      });
    }

    test("E_HANDSHAKE only when the other side hung up", () => {
      for (const [message, expected] of [["closed", true], ["mbedtls_ssl_handshake returned -0x1", true], ["mbedtls_ssl_handshake returned -0x7200", false], ["-0x10", false], ["closed by -0x7a00", false]] as const) {
        assert.equal(mayRepeat({}, { code: "E_HANDSHAKE", phase: "handshake", message }), expected, message);
      }
    });

    test("each status: 408, 425 and 429 any request, 502 to 504 the harmless, no other", () => {
      for (let statusCode = 100; statusCode < 600; statusCode++) for (const method of METHODS) for (const headers of HEADERS) {
        const expected = [408, 425, 429].includes(statusCode) || ([502, 503, 504].includes(statusCode) && isHarmless(method, headers));
        assert.equal(mayRepeat({ method, headers }, { statusCode }), expected, `${method} ${statusCode}`);
      }
    });

    test("an error with the fact statusCode is an error", () => assert.equal(mayRepeat({}, { code: "E_STATUS", phase: "response", statusCode: 503 }), false));

    test("a body from a function only while nothing was sent", () => {
      const options = { method: "PUT", body: () => undefined };
      for (const phase of SENT) assert.equal(mayRepeat(options, { code: "E_RESET", phase, message: "" }), false);
      for (const phase of UNSENT) assert.equal(mayRepeat(options, { code: "E_TIMEOUT_TOTAL", phase, message: "" }), true);
      for (const statusCode of [408, 425, 429, 502, 503, 504]) assert.equal(mayRepeat(options, { statusCode }), false);
    });
  });

  describe(`Retry-After, ${form}`, () => {
    test("seconds, a day at most", () => {
      fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.nat(9), (seconds, zeros) => {
        assert.equal(readRetryAfter("0".repeat(zeros) + String(seconds), 7), Math.min(Number(seconds), DAY_S));
      }));
    });

    test("a date, from now on, a day at most", () => {
      fc.assert(fc.property(fc.integer({ min: 1, max: 2 * DAY_S }), fc.double({ min: 0, max: 0.99, noNaN: true }), (seconds, fraction) => {
        const dateS = 1_700_000_000;
        clock.nowS = dateS - seconds + fraction;
        assert.equal(readRetryAfter(new Date(dateS * 1000).toUTCString(), 7), Math.min(Math.ceil(dateS - clock.nowS), DAY_S));
      }));
    });

    test("whatever else is there, or nothing, says nothing", () => {
      clock.nowS = 1_700_000_000;
      for (const value of [undefined, "", "soon", "-1", "1.5", "1 s", "+1", "0x10", "120, 120", "Wed, 21 Oct 2015 07:28:00 GMT"]) assert.equal(readRetryAfter(value, 7), 7, value);
    });
  });

  describe(`the breaker, ${form}`, () => test("is as its model", () => fc.assert(fc.property(modelRuns(), (run) => runModel(modules, clock, run)))));
}

type Step = { waitS: number } | { ends: "well" | "badly" | "untold"; which: number } | "ask";

interface ModelRun {
  mostFailures: number;
  firstRestS: number;
  longestRestS: number;
  steps: Step[];
}

function modelRuns(): fc.Arbitrary<ModelRun> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.constant("ask" as const) },
    { weight: 4, arbitrary: fc.record({ ends: fc.constantFrom("well", "badly", "badly", "badly", "untold"), which: fc.nat(3) }) as fc.Arbitrary<Step> },
    { weight: 2, arbitrary: fc.record({ waitS: fc.integer({ min: 1, max: 40 }) }) },
  );
  return fc.record({
    mostFailures: fc.integer({ min: 1, max: 4 }),
    firstRestS: fc.integer({ min: 1, max: 20 }),
    longestRestS: fc.integer({ min: 20, max: 60 }),
    steps: fc.array(step, { maxLength: 60 }),
  });
}

/** What the breaker should be, said anew: the time it opens again, the length of the rest, who is on trial. */
function runModel(modules: PureModules, clock: { nowS: number }, { mostFailures, firstRestS, longestRestS, steps }: ModelRun): void {
  const breaker = modules.createBreaker(mostFailures, firstRestS * 1000, longestRestS * 1000);
  const underWay: { isTrial: boolean }[] = [];
  let failures = 0, restS = 0, openAgainS = 0, trial: object | undefined;
  clock.nowS = 1000;
  for (const step of steps) {
    if (step === "ask") {
      const isRefused = restS > 0 && (clock.nowS < openAgainS || trial !== undefined);
      assert.equal(modules.refusedForMs(breaker) > 0, isRefused);
      assert.equal(modules.breakerState(breaker), restS === 0 ? "closed" : clock.nowS < openAgainS && !trial ? "open" : "half-open");
      if (isRefused) continue;
      const asked = { isTrial: modules.enterBreaker(breaker) };
      assert.equal(asked.isTrial, restS > 0);
      if (asked.isTrial) trial = asked;
      underWay.push(asked);
    } else if ("waitS" in step) {
      clock.nowS += step.waitS;
    } else if (underWay.length > 0) {
      const [ended] = underWay.splice(step.which % underWay.length, 1);
      const isTheTrial = ended === trial;
      // A trial from before the breaker closed and opened once more is as any other request that was under way.
      if (ended!.isTrial && !isTheTrial) continue;
      modules.tellBreaker(breaker, ended!.isTrial, step.ends === "untold" ? undefined : step.ends === "badly");
      if (isTheTrial || step.ends === "well") trial = undefined;
      if (step.ends === "well") failures = restS = 0;
      if (step.ends !== "badly") continue;
      failures++;
      const isOpen = restS > 0;
      if (isOpen ? !isTheTrial : failures < mostFailures) continue;
      restS = isOpen ? Math.max(restS, Math.min(2 * restS, longestRestS)) : firstRestS;
      openAgainS = clock.nowS + restS;
    }
  }
}
