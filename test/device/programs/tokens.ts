// A part of the program "services": gets tokens from a source, several at once too. What it tells of a token is its last characters, so that a test can look for whole ones.
import type { BoardError } from "../../../modules/errors";
import { createTokenSource } from "../../../modules/oauth-token";
import type { Token, TokenSource } from "../../../modules/oauth-token";
import type { TlsReport } from "../../../modules/tls/guard";
import { answer, offer } from "./answer";

const SHOWN = 4;

let source: TokenSource;
let outcomes: any[] = [];
let wanted = 0;
let retries: any[] = [];
let isInCall = false;

function report(): void {
  answer({ outcomes, retries });
}

function onToken(error: BoardError | undefined, token?: Token, tls?: TlsReport): void {
  outcomes.push({
    error,
    isAtOnce: isInCall,
    tail: token && token.value.substr(-SHOWN),
    bytes: token && token.value.length,
    type: token && token.type,
    holdsForS: token && Math.round(token.expiresAtS - getTime()),
    hasTls: !!tls,
  });
  if (outcomes.length === wanted) setTimeout(report, 0);
}

offer("openTokens", (options: any) => {
  if (options.secretBase64) options.clientSecret = atob(options.secretBase64);
  if (options.caFile) options.ca = () => require("Storage").read(options.caFile)!;
  options.onRetry = (attempt: number, error: BoardError) => {
    retries.push([attempt, error.code]);
    if (options.tellsRetry && attempt === 1) answer("retry");
  };
  source = createTokenSource(options);
  answer(0);
});

offer("getTokens", (count: number) => {
  outcomes = [];
  retries = [];
  wanted = count;
  isInCall = true;
  for (let asked = 0; asked < count; asked++) source.get(onToken);
  isInCall = false;
});

offer("forget", () => {
  source.forget();
  answer(0);
});
