import { randomBytes } from "node:crypto";
import { AWS_HOST, startAwsIot, type AwsIot, type AwsIotOptions } from "./aws-iot.ts";
import { createAuthority, issueCertificate, type IssuedCertificate } from "./certificate-authority.ts";
import type { DeviceIdentity } from "./device-registry.ts";
import { ECHO_HOST, startEcho } from "./echo.ts";
import { EXAMPLE_HOST, startExamplePage } from "./example-page.ts";
import { GITHUB_DEFAULTS, GITHUB_HOST, startGitHub, type GitHub, type GitHubOptions } from "./github.ts";
import { HOWSMYSSL_HOST, startHowsMySsl, type HowsMySsl } from "./howsmyssl.ts";
import { OAUTH_HOST, OAUTH_PATH, startOAuthToken, type ClientCredentials, type OAuthTokenOptions } from "./oauth-token.ts";
import type { ServiceOptions, StrictServer } from "./strict-server.ts";
import { startTelemetry, TELEMETRY_HOST, TELEMETRY_PATH, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
import { startTimeServer, type TimeServer, type TimeServerOptions } from "./time-server.ts";

export interface CloudOptions {
  /** Takes a line for each request, and for each that did not come to one; never holds a secret. */
  log?: (line: string) => void;
  howsmyssl?: { silent?: boolean };
  example?: Pick<ServiceOptions, "silent">;
  github?: GitHubOptions;
  oauth?: OAuthTokenOptions;
  aws?: AwsIotOptions;
  telemetry?: TelemetryOptions;
  time?: TimeServerOptions;
}

export interface CloudServices {
  howsmyssl: HowsMySsl;
  example: StrictServer;
  github: GitHub;
  oauth: StrictServer;
  aws: AwsIot;
  telemetry: Telemetry;
  echo: StrictServer;
  plainEcho: StrictServer;
  time: TimeServer;
}

export interface Cloud {
  /** The throw-away authority that all certificates of this cloud are from; can issue more. */
  authority: IssuedCertificate;
  authorityDer: Buffer;
  authorityPem: string;
  /** For the board's settings: `host:port` of the real service to `127.0.0.1:PORT` of its stand-in. */
  connectTo: Record<string, string>;
  /** For the board's settings: each mapped TLS host to TRUST_ANCHOR_FILE, to be written with `authorityDer`. */
  trustAnchors: Record<string, string>;
  /** For the board's settings: a page to get. */
  httpsGet: { url: string };
  /** For the board's settings: the commit to ask for, and SHA-256 of the server's certificate. */
  github: { owner: string; repo: string; ref: string; pins: string[] };
  /** For the board's settings: what the token service knows this board by. */
  oauth: ClientCredentials & { host: string; path: string };
  /** For the board's settings: where its shadow is. */
  aws: { endpoint: string; thing: string };
  /** For the board's settings: where its readings go. */
  telemetry: { url: string };
  /** For the board's Storage: what it shows to AWS IoT. */
  device: DeviceIdentity;
  /** For tests: what each service received. */
  services: CloudServices;
  /** Closes every connection and server. Resolves when nothing is left; may be called twice. */
  stop(): Promise<void>;
}

/** Name, in the board's Storage, of the file that holds the local cloud's authority. */
export const TRUST_ANCHOR_FILE = "ca-cloud.der";

/** The public time servers that the stand-in answers for. */
const TIME_HOSTS = ["pool.ntp.org", "time.google.com", "time.cloudflare.com"];
const SECRET_BYTES = 24;

/** Starts stand-ins for every service that the programs use, on free ports of 127.0.0.1, under one fresh authority. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const credentials = newCredentials();
  const authorityMade = createAuthority();
  const [authority, aws, services] = await Promise.all([
    authorityMade,
    // Makes keys too, which takes longest of all: beside the others.
    startAwsIot(authorityMade.then((from) => issueFor(from, AWS_HOST)), { log: options.log, ...options.aws }),
    authorityMade.then((from) => startServices(from, credentials, options)),
  ]);
  return describe(authority, credentials, { ...services, aws }, options);
}

function issueFor(authority: IssuedCertificate, host: string): Promise<IssuedCertificate> {
  return issueCertificate(authority, { names: [host] });
}

async function startServices(
  authority: IssuedCertificate,
  credentials: ClientCredentials,
  options: CloudOptions,
): Promise<Omit<CloudServices, "aws">> {
  const { log } = options;
  const issue = (host: string): Promise<IssuedCertificate> => issueFor(authority, host);
  return {
    howsmyssl: await startHowsMySsl(await issue(HOWSMYSSL_HOST), { log, ...options.howsmyssl }),
    example: await startExamplePage(await issue(EXAMPLE_HOST), { log, ...options.example }),
    github: await startGitHub(await issue(GITHUB_HOST), { log, ...options.github }),
    oauth: await startOAuthToken(await issue(OAUTH_HOST), credentials, { log, ...options.oauth }),
    telemetry: await startTelemetry(await issue(TELEMETRY_HOST), { log, ...options.telemetry }),
    echo: await startEcho(await issue(ECHO_HOST), { log }),
    plainEcho: await startEcho(undefined, { log }),
    time: await startTimeServer({ log, ...options.time }),
  };
}

function describe(
  authority: IssuedCertificate,
  credentials: ClientCredentials,
  services: CloudServices,
  options: CloudOptions,
): Cloud {
  const secureHosts = secureAddresses(services);
  const { owner, repo, ref } = { ...GITHUB_DEFAULTS, ...options.github };
  return {
    authority,
    authorityDer: authority.der,
    authorityPem: authority.pem,
    connectTo: {
      ...secureHosts,
      [`${ECHO_HOST}:80`]: services.plainEcho.address,
      ...Object.fromEntries(TIME_HOSTS.map((host) => [`${host}:123`, services.time.address])),
    },
    trustAnchors: Object.fromEntries(Object.keys(secureHosts).map((host) => [host, TRUST_ANCHOR_FILE])),
    httpsGet: { url: `https://${EXAMPLE_HOST}/` },
    github: { owner, repo, ref, pins: services.github.pins },
    oauth: { host: OAUTH_HOST, path: OAUTH_PATH, ...credentials },
    aws: { endpoint: AWS_HOST, thing: services.aws.thing },
    telemetry: { url: `https://${TELEMETRY_HOST}${TELEMETRY_PATH}` },
    device: services.aws.device,
    services,
    stop: async () => void (await Promise.all(Object.values(services).map((service) => service.stop()))),
  };
}

function secureAddresses({ howsmyssl, example, github, oauth, aws, telemetry, echo }: CloudServices): Record<string, string> {
  return {
    [`${HOWSMYSSL_HOST}:443`]: howsmyssl.address,
    [`${EXAMPLE_HOST}:443`]: example.address,
    [`${GITHUB_HOST}:443`]: github.address,
    [`${OAUTH_HOST}:443`]: oauth.address,
    [`${AWS_HOST}:8443`]: aws.mutual.address,
    [`${AWS_HOST}:443`]: aws.plain.address,
    [`${TELEMETRY_HOST}:443`]: telemetry.address,
    [`${ECHO_HOST}:443`]: echo.address,
  };
}

/** New at each start, so that there is no secret to keep. */
function newCredentials(): ClientCredentials {
  return {
    clientId: "board-" + randomBytes(4).toString("hex"),
    clientSecret: randomBytes(SECRET_BYTES).toString("base64url"),
    audience: "https://api.example.com/",
  };
}
