// Runs on the board: connects to each server of the plan in Storage, and prints one line for each. scripts/selftest.ts reads them.
import { request } from "../../modules/client";
import type { Response } from "../../modules/client";
import { makeError } from "../../modules/errors";
import type { BoardError } from "../../modules/errors";
import { goOnline } from "../../modules/online";
import { done, failed } from "../../modules/outcome";
import type { Settings } from "../../modules/settings";
import type { Attempt, AttemptResult, Plan } from "./messages";

const PLAN_FILE = "selftest.json";

function printBoard(): void {
  const env: any = process.env;
  console.log("=== board " + JSON.stringify({ board: env.BOARD, version: env.VERSION, commit: env.GIT_COMMIT }));
}

function printResult(attempt: Attempt, error: BoardError | undefined): void {
  const result: AttemptResult = { server: attempt.server, manner: attempt.manner };
  if (error) Object.assign(result, { code: error.code, phase: error.phase, message: error.message });
  console.log("=== attempt " + JSON.stringify(result));
}

function tryNext(settings: Settings, attempts: Attempt[]): void {
  const attempt = attempts.shift();
  if (!attempt) {
    done();
    return;
  }
  const verify = attempt.manner === "stock" ? "none" : "required";
  request({ url: attempt.url, verify, settings }, (error: BoardError | undefined, response?: Response) => {
    if (response && response.statusCode !== 200) error = makeError("E_STATUS", "response", "" + response.statusCode);
    printResult(attempt, error);
    tryNext(settings, attempts);
  });
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  const plan: Plan | undefined = require("Storage").readJSON(PLAN_FILE, true);
  if (error) {
    failed(error);
    return;
  }
  if (!plan) {
    failed(makeError("E_SETTINGS", "settings", "no JSON in Storage: " + PLAN_FILE));
    return;
  }
  printBoard();
  tryNext(Object.assign({}, settings!, { connectTo: plan.connectTo, trustAnchors: plan.trustAnchors }), plan.attempts);
});
