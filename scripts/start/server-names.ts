import { AWS_HOST } from "../cloud/aws-iot.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { EXAMPLE_HOST } from "../cloud/example-page.ts";
import { GITHUB_HOST } from "../cloud/github.ts";
import { HOWSMYSSL_HOST } from "../cloud/howsmyssl.ts";
import { OAUTH_HOST } from "../cloud/oauth-token.ts";
import { TELEMETRY_HOST } from "../cloud/telemetry.ts";

interface Meeting {
  serverName: string | undefined;
}

/**
 * What the stand-ins saw as the name that the board asked for (SNI), in words: one line for each that was met, or refused. A board
 * cannot know this by itself.
 */
export function describeServerNames({ services }: Cloud, isInsecure: boolean): string[] {
  const { howsmyssl, example, github, oauth, aws, telemetry } = services;
  const met: [host: string, meetings: readonly Meeting[]][] = [
    [HOWSMYSSL_HOST, howsmyssl.hellos],
    [EXAMPLE_HOST, example.requests],
    [GITHUB_HOST, github.requests],
    [OAUTH_HOST, oauth.requests],
    [TELEMETRY_HOST, telemetry.requests],
    [AWS_HOST, [...aws.plain.requests, ...aws.mutual.requests]],
  ];
  const refusing: [host: string, names: readonly (string | undefined)[]][] = [[OAUTH_HOST, oauth.refusedNames], [TELEMETRY_HOST, telemetry.refusedNames]];
  const refused = refusing.flatMap(([host, names]) => names.slice(-1).map((name) => `${asked(host, name)}: refused with an alert`));
  return [...met.flatMap(([host, meetings]) => meetings.slice(-1).map((last) => describe(host, last, isInsecure))), ...refused];
}

function describe(host: string, { serverName }: Meeting, isInsecure: boolean): string {
  const wrong = isInsecure ? "not right, as stock firmware leaves it" : "WRONG: a server that goes by this name would have answered with an alert";
  return `${asked(host, serverName)}: ${serverName === host ? "right" : wrong}`;
}

function asked(host: string, serverName: string | undefined): string {
  return `The server ${host} was asked for by the name ${serverName ?? "(none sent)"} (SNI)`;
}
