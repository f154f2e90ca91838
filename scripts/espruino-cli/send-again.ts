import { CliFailure } from "./failure.ts";

const MOST_ATTEMPTS = 3;

/**
 * Sends again, twice at most, what did not arrive whole. The CLI (0.1.67) takes no notice of XOFF, so a board that is
 * slow for a moment loses characters; so does the interpreter for Linux, whose input thread takes no lock (2v29: about
 * one in fifteen uploads of 25 KB, more on a busy computer).
 */
export async function sendAgainIfDamaged<T>(send: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const isDamaged = error instanceof CliFailure && (error.kind === "damaged" || error.kind === "not-saved");
    if (isDamaged && attempt < MOST_ATTEMPTS) return await sendAgainIfDamaged(send, attempt + 1);
    throw error;
  }
}
