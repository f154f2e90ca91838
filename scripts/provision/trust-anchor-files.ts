import { createHash, X509Certificate } from "node:crypto";
import { basename, extname } from "node:path";
import { looksLikePem } from "../certificates/pem-blocks.ts";
import { STORAGE_NAME_LENGTH } from "../espruino-cli/storage.ts";
import { readTrustAnchor } from "../rollup/pem.ts";
import type { PreparedFiles } from "./device-identity.ts";
import { MissingFile, readHostFile } from "./host-file.ts";
import type { HostSettings } from "./settings-schema.ts";

const HASH_LENGTH = 16;

/** The files of trust anchors, and the settings with their names in the board's Storage in place of those on this computer. */
export interface PreparedTrustAnchors extends PreparedFiles {
  settings: HostSettings;
}

/** Reads the trust anchors that `httpsGet.ca` and `trustAnchors` name, PEM or DER, and converts them for the board's Storage. */
export async function prepareTrustAnchors(settings: HostSettings, folder: string, now: Date): Promise<PreparedTrustAnchors> {
  const prepared: PreparedTrustAnchors = { settings: structuredClone(settings), files: {}, mistakes: [], warnings: [], notes: [] };
  const { httpsGet, trustAnchors = {} } = prepared.settings;
  if (httpsGet?.ca !== undefined) httpsGet.ca = await take(prepared, ["httpsGet", "ca"], httpsGet.ca, folder, now);
  for (const [host, file] of Object.entries(trustAnchors)) {
    trustAnchors[host] = await take(prepared, ["trustAnchors", host], file, folder, now);
  }
  return prepared;
}

/** @returns the anchor's name in Storage */
async function take(prepared: PreparedTrustAnchors, path: string[], file: string, folder: string, now: Date): Promise<string> {
  try {
    const { der, warnings } = readTrustAnchor(asPem(await readHostFile(folder, file)), now);
    const name = storageName(file, der, prepared.files);
    prepared.files[name] = der;
    prepared.warnings.push(...warnings.map((text) => ({ path, text })));
    return name;
  } catch (error) {
    const hint = error instanceof MissingFile ? ". Name a file on this computer; it is converted and written into the board's Storage" : "";
    prepared.mistakes.push({ path, text: `cannot use the file ${file}: ${(error as Error).message}${hint}` });
    return file;
  }
}

function asPem(content: Buffer): string {
  if (looksLikePem(content)) return content.toString("latin1");
  try {
    return new X509Certificate(content).toString();
  } catch {
    throw new Error("it is neither a PEM text nor a certificate in DER");
  }
}

/**
 * certs/isrg-root-x1.pem -> ca-isrg-root-x1.der; by its hash where that is too long, not plain, or another one's. The prefix keeps it
 * clear of all other files.
 */
function storageName(file: string, der: Buffer, taken: Record<string, Buffer>): string {
  const name = `ca-${basename(file, extname(file)).replace(/^ca-/, "")}.der`;
  const hash = createHash("sha256").update(der).digest("hex").slice(0, HASH_LENGTH);
  const isFree = taken[name] === undefined || taken[name].equals(der);
  return isFree && name.length <= STORAGE_NAME_LENGTH && /^[\w.-]+$/.test(name) ? name : `ca-${hash}.der`;
}
