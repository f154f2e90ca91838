// The program of each subject: its own text and the driver that is the same for all.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildBundle } from "../build.ts";
import { bundleOf } from "../rollup/bundle.ts";

export type SubjectName = "floor" | "http" | "client" | "fetch";

/** In the order of the tables. */
export const SUBJECTS: { name: SubjectName; title: string }[] = [
  { name: "floor", title: "raw socket" },
  { name: "http", title: "http module" },
  { name: "client", title: "this project" },
  { name: "fetch", title: "fetch module" },
];

const FILES = { floor: "floor.js", http: "http-module.js", fetch: "fetch.js" };

/** The text of a subject's program; it expects a global variable `job` and runs at once. */
export async function programOf(subject: SubjectName): Promise<string> {
  const text = subject === "client" ? await bundledClient() : await readHere(join("subjects", FILES[subject]));
  return `${text}\n${await readHere("driver.js")}`;
}

/** The functions of all sources, JavaScript without comments: a comment costs the interpreter time. */
async function readHere(file: string): Promise<string> {
  const text = await readFile(new URL(file, import.meta.url), "latin1");
  return text.replace(/^\/\/.*\n/gm, "").replace(/^ +/gm, "");
}

async function bundledClient(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-bench-client-"));
  try {
    const input = join(import.meta.dirname, "subjects", "client.ts");
    const { minified } = await buildBundle(bundleOf("app", "client", input, folder));
    return await readFile(minified, "latin1");
  } finally {
    await rm(folder, { recursive: true });
  }
}
