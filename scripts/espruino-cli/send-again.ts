import { CliFailure, type FailureKind } from "./failure.ts";

/** How often something is sent, by how it failed; what is not here fails at once. */
const MOST_ATTEMPTS: Partial<Record<FailureKind, number>> = { damaged: 3, "not-saved": 3, "not-espruino": 2 };

/**
 * Sends again what did not arrive whole. The CLI (0.1.67) takes no notice of XOFF, so a board that is slow for a moment
 * loses characters, of the CLI's own question for the firmware's name as well; so does the interpreter for Linux, whose
 * input thread takes no lock (2v29: about one in fifteen uploads of 25 KB, more on a busy computer).
 */
export async function sendAgainIfDamaged<T>(send: () => Promise<T>, attempt = 1): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const most = error instanceof CliFailure ? (MOST_ATTEMPTS[error.kind] ?? 1) : 1;
    if (attempt < most) return await sendAgainIfDamaged(send, attempt + 1);
    throw error;
  }
}
