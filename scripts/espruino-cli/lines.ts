import type { Readable } from "node:stream";

/** Gives each line of a UTF-8 stream, without its LF; a CR stays where it is. The last line needs no LF. */
export function onLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  });
  stream.on("end", () => {
    if (rest) onLine(rest);
  });
}
