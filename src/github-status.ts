// Asks GitHub whether the build of a commit passed. The answer may be larger than the board's memory: it is read while it streams by,
// and no further than to its own "state". Settings: github = { owner, repo, ref, pins?, token? }.
import ca from "../certs/usertrust-ecc.pem";
import { bearer } from "../modules/authorization";
import { request } from "../modules/client";
import type { Response } from "../modules/client";
import { makeError } from "../modules/errors";
import type { BoardError } from "../modules/errors";
import { percentEncode } from "../modules/form";
import type { RequestHeaders } from "../modules/http/request";
import { createJsonReader } from "../modules/json-reader";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import { settingsOf } from "../modules/settings";
import type { Settings } from "../modules/settings";

const VERDICTS: Record<string, string> = { success: "passed", failure: "FAILED", error: "FAILED (error)", pending: "is not finished" };
// At the speed of an ESP32, for some megabytes with the "state" at their end.
const STATUS_MS = 600000;

function refusal(response: Response, what: string): BoardError {
  const { statusCode, statusMessage, headers } = response;
  const left = headers["x-ratelimit-remaining"];
  const isLimited = statusCode === 429 || (statusCode === 403 && left === "0");
  if (isLimited) return makeError("E_RATE_LIMIT", "response", statusCode + ", no requests left");
  const reason = statusCode === 404 || statusCode === 422 ? "not known to this client: " + what : statusMessage + (left ? ", " + left + " requests left" : "");
  return makeError("E_STATUS", "response", statusCode + " " + reason);
}

function ask(settings: Settings): void {
  const { owner, repo, ref, pins, token } = settingsOf(settings, "github", ["owner", "repo", "ref"]);
  const what = owner + "/" + repo + " " + ref;
  const url = "https://api.github.com/repos/" + owner + "/" + repo + "/commits/" + percentEncode(ref).replace(/%2F/g, "/") + "/status";
  const headers: RequestHeaders = { Accept: "application/vnd.github+json", "User-Agent": "espruino-https github-status" };
  if (token) headers["Authorization"] = bearer(token);
  const found: { head?: any; state?: any; problem?: BoardError } = {};
  const reader = createJsonReader({
    paths: ["state"],
    onValue: (_path, value) => { found.state = value; },
    onError: (error) => { found.problem = error; },
  });
  const onHead = (head: any): void => { found.head = head; };
  const onData = (bytes: string): void => {
    if (found.head.statusCode === 200) reader.push(bytes);
    if (found.state !== undefined || found.problem) handle.abort();
  };
  const handle = request({ url, headers, ca, pins, settings, httpVersion: "1.1", deadlines: { totalMs: STATUS_MS }, onHead, onData }, (error, response) => {
    if (response && response.statusCode !== 200) return failed(refusal(response, what));
    if (response) reader.close();
    const verdict = typeof found.state === "string" && VERDICTS.hasOwnProperty(found.state) && VERDICTS[found.state];
    if (!verdict) return failed(found.problem || (error && found.state === undefined ? error : makeError("E_JSON", "response", "no state, or none that is known: " + found.state)));
    reportTls(found.head.tls);
    console.log("Build of " + what + " " + verdict + ". State: " + found.state);
    done();
  });
}

goOnline((error, settings) => {
  if (error) return failed(error);
  try {
    ask(settings!);
  } catch (refused: any) {
    failed(refused);
  }
});
