import { PassThrough } from "node:stream";

/** What the line editor needs of a terminal. */
export type KeyStream = PassThrough & { setRawMode(isRaw: boolean): void };

/**
 * The keys of a terminal, one chunk each. The line editor of node (seen in 20.20) puts all but the last character of a larger
 * chunk at the end of the line, wherever the cursor is: what a fast typist, a slow network or a paste gives it. A tab in such a
 * chunk is pasted indentation and no wish to complete a name.
 */
export function singleKeys(terminal: NodeJS.ReadStream): KeyStream {
  const keys = new PassThrough({ objectMode: true });
  terminal.setEncoding("utf8");
  terminal.on("data", (text: string) => {
    const pasted = text.length > 1 ? text.replaceAll("\t", "  ") : text;
    for (const key of pasted) keys.write(key);
  });
  terminal.once("end", () => keys.end());
  return Object.assign(keys, { setRawMode: (isRaw: boolean) => void terminal.setRawMode(isRaw) });
}
