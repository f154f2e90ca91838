import { HOWSMYSSL_HOST } from "../cloud/howsmyssl.ts";
import { OAUTH_HOST } from "../cloud/oauth-token.ts";
import type { Cloud } from "../cloud/cloud.ts";

/**
 * What the stand-ins saw as the name that the board asked for (SNI), in words: one line for each that was met. A board cannot
 * know this by itself.
 */
export function describeServerNames({ services }: Cloud, isInsecure: boolean): string[] {
  return [
    ...describe(HOWSMYSSL_HOST, services.howsmyssl.hellos, isInsecure),
    ...describe(OAUTH_HOST, services.oauth.requests, isInsecure),
  ];
}

function describe(host: string, meetings: readonly { serverName: string | undefined }[], isInsecure: boolean): string[] {
  const last = meetings.at(-1);
  if (!last) return [];
  const { serverName } = last;
  const wrong = isInsecure ? "not right, as stock firmware leaves it" : "WRONG: a server that goes by this name would have answered with an alert";
  const verdict = serverName === host ? "right" : wrong;
  return [`The server ${host} was asked for by the name ${serverName ?? "(none sent)"} (SNI): ${verdict}`];
}
