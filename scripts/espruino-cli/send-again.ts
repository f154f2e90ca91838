import { CliFailure } from "./failure.ts";

/**
 * Sends a second time what did not arrive whole. The CLI (0.1.67) takes no notice of XOFF, so a board that is slow for a
 * moment loses characters; so does the interpreter for Linux, whose input thread takes no lock (2v29: about one in
 * twenty uploads of 25 KB).
 */
export async function sendAgainIfDamaged<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof CliFailure && (error.kind === "damaged" || error.kind === "not-saved")) return await send();
    throw error;
  }
}
