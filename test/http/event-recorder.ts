// Runs a response parser over pieces of a byte string and records what it reports.

import assert from "node:assert/strict";
import type { Framer, FramerError, FramerLimits, ResponseHead, ResponseParser } from "./framer-builds.ts";

/** What follows the last byte: nothing yet, an authenticated end, or a bare close. */
export type StreamEnd = "open" | "clean close" | "unclean close";

export type FramerEvent =
  | ({ type: "head" } & ResponseHead)
  | { type: "body"; bytes: string }
  | { type: "end" }
  | { type: "error"; code: string; phase: string };

export interface ParserSetup {
  method?: string;
  limits?: FramerLimits;
}

export interface Recording {
  parser: ResponseParser;
  /** Everything reported so far; neighbouring body pieces are merged. */
  events: FramerEvent[];
}

/** Creates a parser of `framer` that records into a list. */
export function startRecording(framer: Framer, setup: ParserSetup): Recording {
  const events: FramerEvent[] = [];
  const parser = framer.createResponseParser({
    ...setup,
    onHead: (head) => { events.push(headEvent(head)); },
    onBody: (bytes) => { addBody(events, bytes); },
    onEnd: () => { events.push({ type: "end" }); },
    onError: (error) => { events.push(errorEvent(error)); },
  });
  return { parser, events };
}

/** Pushes `pieces` one after the other, ends the stream, and gives the merged events. */
export function recordPieces(
  framer: Framer, setup: ParserSetup, pieces: string[], streamEnd: StreamEnd,
): FramerEvent[] {
  const { parser, events } = startRecording(framer, setup);
  for (const piece of pieces) parser.push(piece);
  endStream(parser, streamEnd);
  return events;
}

/** Closes the parser the way the stream ended; an open stream is left alone. */
export function endStream(parser: ResponseParser, streamEnd: StreamEnd): void {
  if (streamEnd !== "open") parser.close(streamEnd === "clean close");
}

/** True once the parser has reported its one end or error. */
export function isFinished(events: FramerEvent[]): boolean {
  const last = events.at(-1);
  return last?.type === "end" || last?.type === "error";
}

/** A short text that grows with every event and body byte: equal for equal progress. */
export function progressOf(events: FramerEvent[]): string {
  const last = events.at(-1);
  return last?.type === "body" ? `${events.length} events, ${last.bytes.length} body bytes` : `${events.length} events`;
}

function headEvent(head: ResponseHead): FramerEvent {
  const { httpVersion, statusCode, statusMessage, headers, ...unknown } = head;
  assert.deepEqual(unknown, {}, "head has only the fields of the contract");
  return { type: "head", httpVersion, statusCode, statusMessage, headers: Object.fromEntries(Object.entries(headers)) };
}

function errorEvent(error: FramerError): FramerEvent {
  assert.equal(typeof error.message, "string");
  assert.notEqual(error.message, "", `${error.code} says what failed`);
  return { type: "error", code: error.code, phase: error.phase };
}

function addBody(events: FramerEvent[], bytes: string): void {
  assert.equal(typeof bytes, "string");
  assert.notEqual(bytes, "", "onBody is not called without bytes");
  const last = events.at(-1);
  if (last?.type === "body") last.bytes += bytes;
  else events.push({ type: "body", bytes });
}
