// Reads test/vectors/request: see test/vectors/README.md for the notation.

import { findBlock, readVectorFolder, requireBlock } from "./vector-file.ts";
import type { VectorSection } from "./vector-file.ts";
import { wireBytes } from "./wire-text.ts";

export interface RequestVector {
  topic: string;
  title: string;
  options: Record<string, unknown>;
  expected: { bytes: string } | { errorCode: string };
}

/** Gives every request vector. Throws an Error that names the vector when one cannot be read. */
export function readRequestVectors(): RequestVector[] {
  return readVectorFolder("request").map(toVector);
}

function toVector(section: VectorSection): RequestVector {
  const error = findBlock(section, "error");
  return {
    topic: section.topic,
    title: section.title,
    options: JSON.parse(requireBlock(section, "options").text) as Record<string, unknown>,
    expected: error ? { errorCode: error.text } : { bytes: wireBytes(requireBlock(section, "request").text) },
  };
}
