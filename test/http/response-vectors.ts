// Reads test/vectors/response: see test/vectors/README.md for the notation.

import type { FramerEvent, ParserSetup, StreamEnd } from "./event-recorder.ts";
import { findBlock, readVectorFolder, requireBlock } from "./vector-file.ts";
import type { VectorSection } from "./vector-file.ts";
import { wireBytes } from "./wire-text.ts";

export interface ResponseVector {
  topic: string;
  title: string;
  setup: ParserSetup;
  bytes: string;
  streamEnd: StreamEnd;
  events: FramerEvent[];
}

const STREAM_ENDS: readonly StreamEnd[] = ["open", "clean close", "unclean close"];

/** Gives every response vector. Throws an Error that names the vector when one cannot be read. */
export function readResponseVectors(): ResponseVector[] {
  return readVectorFolder("response").map(toVector);
}

function toVector(section: VectorSection): ResponseVector {
  const response = requireBlock(section, "response");
  return {
    topic: section.topic,
    title: section.title,
    setup: JSON.parse(findBlock(section, "options")?.text ?? "{}") as ParserSetup,
    bytes: wireBytes(response.text),
    streamEnd: streamEndOf(response.label, section.title),
    events: parseEvents(requireBlock(section, "events").text, section.title),
  };
}

function streamEndOf(label: string, title: string): StreamEnd {
  const streamEnd = STREAM_ENDS.find((end) => label === `response, then ${end}`);
  if (!streamEnd) throw new Error(`"${title}": label "${label}" does not say how the stream ends`);
  return streamEnd;
}

function parseEvents(text: string, title: string): FramerEvent[] {
  const events: FramerEvent[] = [];
  if (text === "nothing") return events;
  for (const line of text.split("\n")) {
    if (line.startsWith("  ")) addHeader(events.at(-1), line, title);
    else events.push(parseEvent(line, title));
  }
  return events;
}

function parseEvent(line: string, title: string): FramerEvent {
  const head = /^head HTTP\/(\S+) (\d{3})(?: (.+))?$/.exec(line);
  if (head) return headEvent(head[1] ?? "", Number(head[2]), wireBytes(head[3] ?? ""));
  const body = /^body (.+)$/.exec(line);
  if (body) return { type: "body", bytes: wireBytes(body[1] ?? "") };
  const error = /^error (E_\w+) in ([\w-]+)$/.exec(line);
  if (error) return { type: "error", code: error[1] ?? "", phase: error[2] ?? "" };
  if (line === "end") return { type: "end" };
  throw new Error(`"${title}": no such event "${line}"`);
}

function headEvent(httpVersion: string, statusCode: number, statusMessage: string): FramerEvent {
  return { type: "head", httpVersion, statusCode, statusMessage, headers: {} };
}

function addHeader(event: FramerEvent | undefined, line: string, title: string): void {
  const match = /^ {2}([^\s:[]+)(\[\])?:(?: (.*))?$/.exec(line);
  if (event?.type !== "head" || !match) throw new Error(`"${title}": "${line}" is no header of a head`);
  const name = match[1] ?? "";
  const value = wireBytes(match[3] ?? "");
  const earlier = Object.hasOwn(event.headers, name) ? event.headers[name] : undefined;
  if (match[2]) event.headers[name] = Array.isArray(earlier) ? [...earlier, value] : [value];
  else event.headers[name] = value;
}
