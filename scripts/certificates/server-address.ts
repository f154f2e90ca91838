import { isIP } from "node:net";

/** Where a TLS server listens. */
export interface ServerAddress {
  host: string;
  port: number;
}

const DEFAULT_PORTS: Record<string, number> = { https: 443, wss: 443, mqtts: 8_883 };
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/** Whether a text can only be meant as a server: a URL, `host:port`, or a name with a dot in it. */
export function looksLikeServer(text: string): boolean {
  return SCHEME.test(text) || /^[^\s/\\]+:\d+$/.test(text) || isIP(text) !== 0 || /^(localhost|[^\s/\\]+\.[^\s/\\.]+)$/i.test(text);
}

/**
 * Reads a server's address: `https://host[:port]/...`, `mqtts://host`, `host`, `host:port`, `[IPv6]:port`. The port is 443 unless given.
 * @throws Error that says what is wrong with it
 */
export function parseServerAddress(text: string): ServerAddress {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase() ?? "https";
  // Always as https: of other schemes URL reads the host as an opaque text. It leaves out the port 443, even a given one.
  const url = parseUrl(text, isIP(text) === 6 ? `https://[${text}]` : `https://${text.replace(SCHEME, "")}`);
  if (scheme === "http") throw new Error(`"${text}" is plain http, which has no certificate. Did you mean https://${url.host}?`);
  const given = /^[^/?#]*:(\d+)(?=[/?#]|$)/.exec(isIP(text) === 6 ? "" : text.replace(SCHEME, ""))?.[1];
  const port = given === undefined ? DEFAULT_PORTS[scheme] : Number(given);
  if (!port) throw new Error(`"${text}" needs a port. Write HOST:PORT.`);
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

/** `host:port`, as messages name a server. */
export function describeAddress({ host, port }: ServerAddress): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseUrl(text: string, url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new Error(`"${text}" is no address of a server. Write https://HOST or HOST:PORT.`);
  }
}
