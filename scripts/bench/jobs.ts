// What each subject is asked to do.

export const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;
const SMALL_BYTES = 200;

/** How the server delimits the body of its answer (RFC 9112 6.3): by its length, by chunks of so many bytes, or by its end. */
export type Framing = { by: "length" } | { by: "chunks"; chunkBytes: number } | { by: "close" };

export interface Job {
  /** For options and file names. */
  name: string;
  title: string;
  method: "GET" | "POST";
  framing: Framing;
  /** Of the answer's body. */
  bytes: number;
  /** What the program does with the body: parses it as JSON, keeps it as a text, or takes piece after piece and keeps none. */
  body: "json" | "text" | "stream";
}

const stream = (name: string, title: string, framing: Framing, bytes = MEGABYTE): Job => ({ name, title, method: "GET", framing, bytes, body: "stream" });
const byLength: Framing = { by: "length" };

/** Every subject does all of them, over plain TCP and over TLS. */
export const JOBS: Job[] = [
  { name: "get-200", title: "GET 200 B JSON", method: "GET", framing: byLength, bytes: SMALL_BYTES, body: "json" },
  { name: "post-200", title: "POST 200 B JSON", method: "POST", framing: byLength, bytes: SMALL_BYTES, body: "json" },
  { name: "get-10k", title: "GET 10 KB, collected", method: "GET", framing: byLength, bytes: 10 * KILOBYTE, body: "text" },
  stream("length-1m", "GET 1 MB, with a length", byLength),
  stream("chunks-16k", "GET 1 MB, chunks of 16 KB", { by: "chunks", chunkBytes: 16 * KILOBYTE }),
  stream("chunks-1k", "GET 1 MB, chunks of 1 KB", { by: "chunks", chunkBytes: KILOBYTE }),
  stream("close-1m", "GET 1 MB, until close", { by: "close" }),
];

/** The stream at other sizes: its memory must not grow with them. */
export const STREAM_SIZES: Job[] = [
  stream("length-100k", "GET 100 KB, with a length", byLength, 100 * KILOBYTE),
  stream("length-10m", "GET 10 MB, with a length", byLength, 10 * MEGABYTE),
];

/** The body that a job's server sends, and that a POST sends: JSON where it is to be parsed, else lines of digits. */
export function bodyOf({ bytes, body }: Pick<Job, "bytes" | "body">): string {
  if (body !== "json") return "0123456789abcdef".repeat(bytes / 16);
  const start = '{"sensor":"greenhouse","temperature":21.5,"humidity":47,"battery":3.71,"alarms":[],"text":"';
  return `${start}${"x".repeat(bytes - start.length - 2)}"}`;
}
