import { randomBytes } from "node:crypto";
import { createAuthority, issueCertificate, type IssuedCertificate } from "./certificate-authority.ts";
import { ECHO_HOST, startEcho } from "./echo.ts";
import { HOWSMYSSL_HOST, startHowsMySsl, type HowsMySsl } from "./howsmyssl.ts";
import { OAUTH_HOST, OAUTH_PATH, startOAuthToken, type ClientCredentials } from "./oauth-token.ts";
import type { StrictServer } from "./strict-server.ts";
import { startTimeServer, type TimeServer, type TimeServerOptions } from "./time-server.ts";

export interface CloudOptions {
  /** Takes a line for each request; never holds a secret. */
  log?: (line: string) => void;
  howsmyssl?: { silent?: boolean };
  oauth?: { silent?: boolean; rejectCredentials?: boolean };
  time?: TimeServerOptions;
}

export interface CloudServices {
  howsmyssl: HowsMySsl;
  oauth: StrictServer;
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
  /** For the board's settings: what the token service knows this board by. */
  oauth: ClientCredentials & { host: string; path: string };
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
  const { log } = options;
  const authority = await createAuthority();
  const issue = (host: string): Promise<IssuedCertificate> => issueCertificate(authority, { names: [host] });
  const credentials = newCredentials();
  const services: CloudServices = {
    howsmyssl: await startHowsMySsl(await issue(HOWSMYSSL_HOST), { ...options.howsmyssl, log }),
    oauth: await startOAuthToken(await issue(OAUTH_HOST), credentials, { ...options.oauth, log }),
    echo: await startEcho(await issue(ECHO_HOST), { log }),
    plainEcho: await startEcho(undefined, { log }),
    time: await startTimeServer({ log, ...options.time }),
  };
  const secureHosts = {
    [`${HOWSMYSSL_HOST}:443`]: services.howsmyssl.address,
    [`${OAUTH_HOST}:443`]: services.oauth.address,
    [`${ECHO_HOST}:443`]: services.echo.address,
  };
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
    oauth: { host: OAUTH_HOST, path: OAUTH_PATH, ...credentials },
    services,
    stop: async () => void (await Promise.all(Object.values(services).map((service) => service.stop()))),
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
