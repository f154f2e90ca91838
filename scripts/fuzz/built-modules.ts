import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { buildBundle } from "../build.ts";
import { bundleOf } from "../rollup/bundle.ts";
import { sourcePlugins } from "../rollup/rollup-options.ts";

export const FORMS = ["plain", "minified"] as const;
export type Form = (typeof FORMS)[number];

export interface ResponseParser {
  push(bytes: string): void;
  close(clean: boolean): void;
  [property: string]: unknown;
}

export interface FramerModule {
  createResponseParser(options: {
    method?: string | undefined;
    limits?: Record<string, number> | undefined;
    onHead(head: { httpVersion: string; statusCode: number; statusMessage: string; headers: Record<string, string | string[]> }): void;
    onBody(bytes: string): void;
    onEnd(): void;
    onError(error: { code: string; phase: string; message: string }): void;
  }): ResponseParser;
}

export interface CertificateModule {
  readCertificate(der: string): { subject: string; issuer: string; notBefore: number; notAfter: number; publicKeyInfo: string; names: string };
  matchesHost(certificate: { names: string }, host: string): boolean;
  listNames(certificate: { names: string }): string[];
}

export interface JsonModule {
  createJsonReader(options: {
    paths: (string | string[])[];
    onValue(path: string | string[], value: unknown): void;
    onEnd(): void;
    onError(error: { code: string; offset?: number }): void;
  }): { push(bytes: string): void; close(): void };
}

/** The modules as boards get them, in both forms. */
export interface BuiltModules {
  framer: Record<Form, FramerModule>;
  certificate: Record<Form, CertificateModule>;
  json: Record<Form, JsonModule>;
}

const MODULES = fileURLToPath(new URL("../../modules/", import.meta.url));

// What is exported as an interface keeps its property names in the minified bundle.
const CERTIFICATE_ENTRY = `
export { listNames, matchesHost, readCertificate } from ${JSON.stringify(join(MODULES, "tls", "certificate"))};
export interface Kept { bytes: string; at: number; left: number; subject: string; issuer: string; notBefore: number; notAfter: number; publicKeyInfo: string; names: string }
`;

// The firmware's trim() takes bytes 9 to 13 and the blank; a computer's takes 0xA0 too, which may be part of a UTF-8 character.
const FIRMWARE_TRIM = String.raw`String.prototype.trim = function () { return this.replace(/^[\t-\r ]+|[\t-\r ]+$/g, ""); };`;

/** Builds them from the sources: what `npm run build` writes to dist/modules, and two more made in the same way. */
export async function buildModules(): Promise<BuiltModules> {
  const folder = await mkdtemp(join(tmpdir(), "espruino-https-fuzz-"));
  try {
    const entry = join(folder, "certificate-entry.ts");
    await writeFile(entry, CERTIFICATE_ENTRY);
    const inputs = { framer: join(MODULES, "http-framer.ts"), certificate: entry, json: join(MODULES, "json-reader.ts") };
    const plugins = sourcePlugins(Object.values(inputs));
    const load = async <T>(name: keyof typeof inputs): Promise<Record<Form, T>> => {
      const bundle = await buildBundle(bundleOf("module", name, inputs[name], folder), plugins);
      return { plain: run<T>(await readFile(bundle.plain, "utf8")), minified: run<T>(await readFile(bundle.minified, "utf8")) };
    };
    return { framer: await load<FramerModule>("framer"), certificate: await load<CertificateModule>("certificate"), json: await load<JsonModule>("json") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In a world of their own, whose strings are the firmware's. */
function run<T>(code: string): T {
  const context = vm.createContext({ exports: {} });
  vm.runInContext(FIRMWARE_TRIM, context);
  vm.runInContext(code, context);
  return context["exports"] as T;
}
