import { InvalidArgumentError } from "commander";

/** Reads a TCP port number; 0 stands for "any free one". */
export function readPortNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a number from 0 to 65535.");
}

/** Reads a number of seconds greater than zero. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds > 0 && seconds <= 2_000_000) return seconds;
  throw new InvalidArgumentError("A time is a number of seconds, more than 0 and at most 2000000.");
}

/** Reads a whole number from 0 to a million. */
export function readCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= 1_000_000) return count;
  throw new InvalidArgumentError("A count is a whole number from 0 to 1000000.");
}
