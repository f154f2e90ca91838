// Gets a token from an OAuth 2.0 service with client credentials (RFC 6749 4.4): a JSON POST in HTTP/1.0.
// Settings: oauth = { host, clientId, clientSecret, audience?, path? }.
import ca from "../certs/gts-root-r4.pem";
import type { BoardError } from "../modules/errors";
import { CONNECT_ATTEMPTS, createTokenSource, RETRY_PAUSE_MS } from "../modules/oauth-token";
import type { Token, TokenSource } from "../modules/oauth-token";
import { goOnline } from "../modules/online";
import { done, failed, reportTls } from "../modules/outcome";
import { settingsOf } from "../modules/settings";
import type { Settings } from "../modules/settings";
import type { TlsReport } from "../modules/tls/guard";

function report(tokens: TokenSource, error: BoardError | undefined, token?: Token, tls?: TlsReport): void {
  if (!token) return failed(error!);
  const validForS = Math.round(token.expiresAtS - getTime());
  if (tls) reportTls(tls);
  console.log("Token:  " + token.type + ", " + token.value.length + " characters, valid for " + validForS + " s" + (tls ? "" : ", kept from before"));
  if (tls) tokens.get(report.bind(undefined, tokens));
  else done();
}

function onRetry(attempt: number, error: BoardError): void {
  console.log("Attempt " + attempt + " of " + CONNECT_ATTEMPTS + ": " + error.code + ", again in " + RETRY_PAUSE_MS + " ms");
}

function start(settings: Settings): void {
  const oauth = settingsOf(settings, "oauth", ["host", "clientId", "clientSecret"]);
  const tokens = createTokenSource({
    url: "https://" + oauth.host + (oauth.path || "/oauth/token"),
    ca,
    settings,
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
    audience: oauth.audience,
    onRetry,
  });
  tokens.get(report.bind(undefined, tokens));
}

goOnline((error: BoardError | undefined, settings?: Settings) => {
  if (error) return failed(error);
  try {
    start(settings!);
  } catch (reason: any) {
    failed(reason);
  }
});
