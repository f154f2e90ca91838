// Vector files are Markdown: "# topic", then for each vector "## what it shows", prose, and fenced blocks.

import { readdirSync, readFileSync } from "node:fs";

export interface VectorBlock {
  /** The words after the fence, such as "options" or "response, then open". */
  label: string;
  text: string;
}

export interface VectorSection {
  topic: string;
  title: string;
  blocks: VectorBlock[];
}

/** Reads every .md file of a folder of test/vectors and gives its sections, files in alphabetical order. */
export function readVectorFolder(name: string): VectorSection[] {
  const folder = new URL(`../vectors/${name}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".md")).sort();
  return files.flatMap((file) => parseSections(readFileSync(new URL(file, folder), "utf8"), file));
}

/** Gives the sections of one vector file. Throws when a title is used twice or a block does not end. */
export function parseSections(markdown: string, file: string): VectorSection[] {
  const [intro = "", ...parts] = markdown.split(/^## /m);
  const topic = /^# (.+)$/m.exec(intro)?.[1] ?? file;
  const sections = parts.map((part) => parseSection(part, topic, file));
  const titles = sections.map((section) => section.title);
  const repeated = titles.find((title, index) => titles.indexOf(title) !== index);
  if (repeated !== undefined) throw new Error(`${file}: two vectors are called "${repeated}"`);
  return sections;
}

function parseSection(part: string, topic: string, file: string): VectorSection {
  const title = (part.split("\n", 1)[0] ?? "").trim();
  const fences = part.match(/^```/gm)?.length ?? 0;
  if (fences % 2 !== 0) throw new Error(`${file}, "${title}": a block does not end`);
  const blocks = [...part.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    label: (match[1] ?? "").trim(),
    text: (match[2] ?? "").replace(/\n$/, ""),
  }));
  return { topic, title, blocks };
}

/** Gives the one block whose label starts with `label`, or undefined. Throws when there are several. */
export function findBlock(section: VectorSection, label: string): VectorBlock | undefined {
  const found = section.blocks.filter((block) => block.label.startsWith(label));
  if (found.length > 1) throw new Error(`"${section.title}": more than one block "${label}"`);
  return found[0];
}

/** Like findBlock, but a missing block is an Error. */
export function requireBlock(section: VectorSection, label: string): VectorBlock {
  const block = findBlock(section, label);
  if (!block) throw new Error(`"${section.title}": no block "${label}"`);
  return block;
}
