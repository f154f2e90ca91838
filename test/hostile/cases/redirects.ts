// Servers that send the client somewhere else, again and again, or where it must not go.
import type { HostileCase } from "../play.ts";

const FOLLOWS = { maxRedirects: 5 };
const moved = (status: number, location: string, more = ""): string => `HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n${more || "Content-Length: 0\r\n"}\r\n`;

function redirects(rows: [name: string, answer: string, ends: string][]): HostileCase[] {
  return rows.map(([name, answer, ends]) => ({ name, server: { answer, then: "closes" }, options: FOLLOWS, ends }));
}

export const REDIRECTS: HostileCase[] = [
  ...redirects([
    ["a redirect to itself", moved(302, "/"), "E_REDIRECT_LIMIT in response"],
    ["a permanent redirect to itself", moved(308, "?again"), "E_REDIRECT_LIMIT in response"],
    ["a redirect to a mail address", moved(302, "mailto:a@example.com"), "E_REDIRECT in response"],
    ["a redirect to a script", moved(302, "javascript:alert(1)"), "E_REDIRECT in response"],
    ["a redirect with a password", moved(302, "http://user:password@example.com/"), "E_REDIRECT in response"],
    ["a redirect to IPv6", moved(302, "http://[::1]/"), "E_REDIRECT in response"],
    ["a redirect to a port nobody listens on", moved(302, "http://127.0.0.1:1/"), "E_CONNECT in connect"],
    ["a redirect to a name that is not known", moved(302, "http://unknown.example/"), "E_DNS in dns"],
    ["a redirect whose target is a line too long", moved(302, `/${"x".repeat(10_000)}`), "E_LINE_LIMIT in head"],
    ["a redirect with two targets", moved(302, "/a\r\nLocation: /b"), "E_REDIRECT_LIMIT in response"],
    ["a redirect without a target", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "302"],
    ["a redirect with a length and chunks", moved(302, "/", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), "E_CONTENT_LENGTH in head"],
  ]),
  {
    name: "a redirect from TLS to plain HTTP", tls: ({ good }) => good, server: { answer: moved(302, "http://local.example/"), then: "closes" },
    options: FOLLOWS, ends: "E_REDIRECT in response",
  },
  { name: "a redirect with a body without end", server: { answer: moved(302, "/", "X: y\r\n"), then: { endless: "body" } }, options: FOLLOWS, ends: "E_REDIRECT_LIMIT in response", withinMs: 8_000 },
];
