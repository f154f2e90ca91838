import { once } from "node:events";
import { connect } from "node:net";
import type { Board } from "../../scripts/board/board.ts";
import { OutputWatcher } from "../board/output-watcher.ts";

/** A connection to the console of a board, as a terminal has it. */
export interface BoardConsole {
  readonly text: string;
  /** Types a line without an echo. */
  type(line: string): void;
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  close(): void;
}

/** Connects to a console. What the board has printed before comes first. */
export async function openConsole({ consolePort }: Board): Promise<BoardConsole> {
  const socket = connect(consolePort, "127.0.0.1");
  const output = new OutputWatcher();
  socket.on("data", (bytes) => output.take(bytes)).on("error", () => {});
  await once(socket, "connect");
  return {
    get text() {
      return output.text;
    },
    type: (line) => void socket.write(`\x10${line}\n`),
    waitFor: (pattern) => output.waitFor(pattern),
    close: () => void socket.destroy(),
  };
}
