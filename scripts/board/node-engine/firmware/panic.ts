import { accessFaultLines, type Chip } from "../memory/chips.ts";
import type { Runtime } from "../runtime.ts";

/**
 * Thrown through the firmware's own code when the board crashes; no program code may catch it. Unless said otherwise, the
 * firmware has read through a null pointer.
 */
export class Panic extends Error {
  access: "load" | "store" = "load";
  address = 0;
}

/** Prints the crash and lets the board start again. */
export function crash(runtime: Runtime, chip: Chip, { access, address }: Panic): void {
  runtime.panic(accessFaultLines(chip, access, address));
}
