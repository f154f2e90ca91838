// The boot guard of a program saved with `npm run upload -- --save`: it does not start a program whose last three boots ended within
// a minute (scripts/espruino-cli/boot-loader.js).

/** Of the boot code; missing in a program that was not started by it, and once a boot has counted as good. */
declare const markBootGood: (() => void) | undefined;

/**
 * Says that this boot went well, though it may last less than a minute: for a program that goes to deep sleep, or restarts the board
 * on purpose. It does nothing when the program is not a saved one, or when it has been said before.
 */
export function bootSucceeded(): void {
  if (typeof markBootGood === "function") markBootGood();
}
