import { buildModules } from "./built-modules.ts";
import { certificateSubject } from "./certificates.ts";
import { jsonSubject } from "./json-texts.ts";
import { responseSubject } from "./responses.ts";
import type { Subject } from "./subject.ts";

/** Builds the modules, and gives all that is fuzzed. */
export async function createSubjects(): Promise<Subject[]> {
  const modules = await buildModules();
  return [responseSubject(modules), certificateSubject(modules), jsonSubject(modules)];
}
