import type { Answer } from "./answer.ts";
import type { IssuedCertificate } from "./certificate-authority.ts";
import { checkHost, optionalLength, RequestError, type RequestHead } from "./request-head.ts";
import { startStrictServer, type ServiceOptions, type StrictServer } from "./strict-server.ts";
import { inVariedPieces } from "./varied-pieces.ts";

export const EXAMPLE_HOST = "example.com";
/** Of `/large`, without the chunks' framing. */
export const LARGE_BYTES = 2 * 1024 * 1024;

/** What `/` answers with. Beyond ASCII in it: characters of two, three and four bytes in UTF-8. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>A page for a small board</title>
</head>
<body>
  <h1>A page for a small board</h1>
  <p>Whoever reads this has spoken TLS with a server, and has put together what came in chunks.</p>
  <p>Characters of more than one byte, for those who count: ä é ß, 20 °C, 5 €, “quoted”, 東京, 🔒.</p>
  <p>A longer page is at <a href="/large">/large</a>.</p>
</body>
</html>
`;

/** So small that characters and lines are cut in two. */
const PAGE_PIECE_SIZES = [200, 7, 1, 64, 46, 21];
const LINE_BYTES = 64;

/**
 * Starts a stand-in for a plain web server: `/` is a short page, `/large` a text of {@link LARGE_BYTES} bytes. Both are chunked
 * for HTTP/1.1, with a chunk extension now and then and a trailer, and end with the connection for HTTP/1.0. 400 without
 * Host, 421 for another, 405 for other methods than GET and HEAD, 404 for other paths.
 */
export function startExamplePage(issued: IssuedCertificate, options: ServiceOptions = {}): Promise<StrictServer> {
  return startStrictServer({ ...options, name: "example", issued, checkHead, answer: ({ head }) => answer(head), refuse });
}

function checkHead(head: RequestHead): number {
  checkHost(head, EXAMPLE_HOST);
  if (head.method !== "GET" && head.method !== "HEAD") {
    throw new RequestError(405, `${head.method} is not allowed`, "", { Allow: "GET, HEAD" });
  }
  return optionalLength(head);
}

function answer(head: RequestHead): Answer {
  const path = head.target.split("?")[0];
  if (path === "/") return streamed("text/html", inVariedPieces([Buffer.from(PAGE)], PAGE_PIECE_SIZES));
  if (path === "/large") return streamed("text/plain", inVariedPieces(largeText()));
  throw new RequestError(404, "Nothing is here but / and /large");
}

function streamed(type: string, body: Iterable<Buffer>): Answer {
  const headers = { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "max-age=604800" };
  return { status: 200, headers, body, chunkExtension: ";page=example", trailers: { "X-End": "reached" } };
}

/** Lines of the same length, each with its number, so that a missing one can be told. */
function* largeText(): Iterable<Buffer> {
  for (let number = 1; number <= LARGE_BYTES / LINE_BYTES; number++) {
    yield Buffer.from(`Line ${String(number).padStart(6, "0")} of a long text `.padEnd(LINE_BYTES - 1, ".") + "\n");
  }
}

function refuse(error: RequestError): Answer {
  const text = error.message.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const body = Buffer.from(`<!doctype html>\n<title>${error.status}</title>\n<p>${text}</p>\n`);
  return { status: error.status, headers: { "Content-Type": "text/html; charset=utf-8", ...error.headers }, body };
}
