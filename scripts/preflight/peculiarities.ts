import type { Answer } from "./ask.ts";

/** A service that is known by name, and what to know about it. */
export interface Peculiarity {
  name: string;
  text: string;
}

export interface Traits {
  host: string;
  port: number;
  /** Of the server's certificate. */
  issuer: string;
  headers: Answer["headers"];
  statusCode: number | undefined;
  /** Stock firmware is refused, or gets another certificate than with the right name. */
  goesByName: boolean;
}

interface Known {
  name: string;
  isIt(traits: Traits): boolean;
  text(traits: Traits): string;
}

const NAME_NEEDED = "It goes by the host's name (SNI), which stock firmware never sends; this project does.";
const AWS_IOT = /^[a-z0-9]+(-ats)?\.iot\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/i;

const KNOWN: Known[] = [
  {
    name: "AWS IoT Core",
    isIt: ({ host }) => AWS_IOT.test(host),
    // docs.aws.amazon.com/iot/latest/developerguide/protocols.html: port 443 needs ALPN, which stock firmware cannot send.
    text: ({ host, port }) => [
      port === 443 ? "Port 443 takes client certificates only with ALPN (x-amzn-http-ca), which the firmware cannot send: use port 8443."
        : port === 8443 ? "Port 8443 is the right one for HTTPS with a client certificate." : `HTTPS with a client certificate is at port 8443, not ${port}.`,
      ...(/-ats\./i.test(host) ? [] : ["This endpoint is the old one, with certificates that are no longer trusted: use the one with -ats in its name."]),
    ].join(" "),
  },
  {
    name: "Cloudflare",
    isIt: ({ headers }) => headers["cf-ray"] !== undefined || headers["server"]?.toLowerCase() === "cloudflare",
    text: ({ goesByName, statusCode }) => [
      goesByName ? NAME_NEEDED : "",
      "Its certificate may come from another authority at each renewal (Google, Let's Encrypt, SSL.com): keep the other roots at hand.",
      statusCode === 403 ? "403 can be its protection against robots, which a board cannot pass: ask for an exception." : "",
    ].filter(Boolean).join(" "),
  },
  {
    name: "Amazon CloudFront",
    isIt: ({ headers, host }) => headers["x-amz-cf-id"] !== undefined || /\(CloudFront\)/.test(headers["via"] ?? "") || /\.cloudfront\.net$/i.test(host),
    text: ({ goesByName }) => `${goesByName ? NAME_NEEDED : "It goes by the host's name (SNI)."} ` +
      "To other names it shows a certificate for *.cloudfront.net, or ends the handshake.",
  },
  {
    name: "Fastly",
    isIt: ({ headers }) => headers["x-fastly-request-id"] !== undefined || /^cache-/.test(headers["x-served-by"] ?? ""),
    text: ({ goesByName }) => goesByName ? NAME_NEEDED : "It chooses the certificate by the host's name (SNI), and may show another one to stock firmware.",
  },
  {
    name: "Akamai",
    isIt: ({ headers }) => /^akamai/i.test(headers["server"] ?? "") || Object.keys(headers).some((name) => name.startsWith("x-akamai-")),
    text: ({ goesByName }) => goesByName ? NAME_NEEDED : "It chooses the certificate by the host's name (SNI).",
  },
  {
    name: "AWS load balancer or API Gateway",
    isIt: ({ headers, host }) => /\.(execute-api|elb)\.[a-z0-9-]+\.amazonaws\.com$/i.test(host) || /^awselb/.test(headers["server"] ?? ""),
    text: () => "Its security policy decides about TLS 1.2: one named ...TLS13-1-3... has TLS 1.3 only, which no board speaks.",
  },
  {
    name: "Let's Encrypt",
    isIt: ({ issuer }) => /O=(Let's Encrypt|ISRG)/i.test(issuer),
    text: () => "Its certificates are renewed every few weeks: embed the root, never pin the certificate (a pin of the key may stay right).",
  },
];

/** What is known by name among these traits. */
export function peculiaritiesOf(traits: Traits): Peculiarity[] {
  return KNOWN.filter((each) => each.isIt(traits)).map((each) => ({ name: each.name, text: each.text(traits) }));
}
