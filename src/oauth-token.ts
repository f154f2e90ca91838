// Gets a token from an OAuth 2.0 service with client credentials (RFC 6749 4.4): a JSON POST in HTTP/1.0.
// Settings: oauth = { host, clientId, clientSecret, audience, path? }.
import ca from "../certs/gts-root-r4.pem";
import { request } from "../modules/client";
import type { RequestHandle, Response } from "../modules/client";
import { makeError } from "../modules/errors";
import type { BoardError } from "../modules/errors";
import { stringify } from "../modules/json";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import type { Settings } from "../modules/settings";

const CONNECT_ATTEMPTS = 10;
const RETRY_PAUSE_MS = 500;
const FIRST_BYTE_MS = 10000;
const REST_MS = 5000;

function report(response: Response): void {
  reportTls(response.tls!);
  const answer = JSON.parse(response.body);
  console.log("Status: " + response.statusCode + " " + response.statusMessage);
  if (response.statusCode !== 200) return failed(makeError("E_STATUS", "response", response.statusCode + " " + answer.error));
  console.log("Token:  " + answer.token_type + ", " + answer.access_token.length + " characters, valid for " + answer.expires_in + " s");
  done();
}

function getToken(settings: Settings, attempt: number): void {
  const oauth = settings["oauth"];
  const body = stringify({ grant_type: "client_credentials", client_id: oauth.clientId, client_secret: oauth.clientSecret, audience: oauth.audience });
  let rest: TimerId | undefined;
  const handle: RequestHandle = request({
    url: "https://" + oauth.host + (oauth.path || "/oauth/token"),
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    ca,
    settings,
    deadlines: { firstByteMs: FIRST_BYTE_MS },
    onHead: () => {
      rest = setTimeout(() => handle.abort(), REST_MS);
    },
  }, (error: BoardError | undefined, response?: Response) => {
    if (rest !== undefined) clearTimeout(rest);
    if (response) return report(response);
    if (attempt === CONNECT_ATTEMPTS || (error!.phase !== "dns" && error!.phase !== "connect")) return failed(error!);
    console.log("Attempt " + attempt + " of " + CONNECT_ATTEMPTS + ": " + error!.code + ", again in " + RETRY_PAUSE_MS + " ms");
    setTimeout(getToken, RETRY_PAUSE_MS, settings, attempt + 1);
  });
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  if (error) failed(error);
  else if (!settings!["oauth"]) failed(makeError("E_SETTINGS", "settings", "settings have no oauth"));
  else getToken(settings!, 1);
});
