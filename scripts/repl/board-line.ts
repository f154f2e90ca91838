import type { CliFailure } from "../espruino-cli/failure.ts";

/** Bytes to and from the console of a board, over any kind of port. */
export interface BoardLine {
  write(bytes: Uint8Array): void;
  /** Takes what the board sends. Nothing is lost before the first listener is there. */
  onBytes(listener: (bytes: Uint8Array) => void): void;
  /** Settles when the line has ended, by the board, by the computer or by close(). */
  ended: Promise<CliFailure | undefined>;
  close(): void;
}
