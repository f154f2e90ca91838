import { once } from "node:events";
import { printable } from "../terminal/board-output.ts";
import type { BoardLine } from "./board-line.ts";

/** How long the board must be quiet after piped input before the terminal is left. */
const QUIET_MS = 500;

/**
 * Without a person at a terminal: what is piped in goes to the board as it is, and its bytes come out as they are.
 * @returns exit code 0 when all has been typed and the board is quiet
 * @throws CliFailure when the board goes away first
 */
export async function runPlainPipe(line: BoardLine): Promise<number> {
  const isTerminal = process.stdout.isTTY;
  let onBytes = (): void => {};
  line.onBytes((bytes) => {
    process.stdout.write(isTerminal ? printable(Buffer.from(bytes).toString("latin1").replaceAll("\r", "")) : bytes);
    onBytes();
  });
  process.stdin.on("data", (bytes: Buffer) => line.write(bytes));
  const typed = once(process.stdin, "end").then(() => new Promise<undefined>((resolve) => {
    const quiet = setTimeout(resolve, QUIET_MS, undefined);
    onBytes = () => void quiet.refresh();
  }));
  const failure = await Promise.race([typed, line.ended]);
  line.close();
  process.stdin.pause();
  if (failure) throw failure;
  return 0;
}
