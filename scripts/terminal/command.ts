import { CliFailure } from "../espruino-cli/failure.ts";

/** The exit code of a process that Ctrl-C ended: 128 and the number of SIGINT, as shells have it. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Runs a command. An error is shown by its message alone, since it is meant for people, and gives exit code 1. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const isInterrupted = error instanceof CliFailure && error.kind === "interrupted";
    console.error(isInterrupted ? error.message : `Error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = isInterrupted ? INTERRUPTED_EXIT_CODE : 1;
  }
}
