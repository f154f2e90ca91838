import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";

/** Gives the whole body of a message as a byte string. Fails when it was cut off. */
export async function readMessageBody(message: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  assert.equal(message.complete, true);
  return Buffer.concat(pieces).toString("latin1");
}
