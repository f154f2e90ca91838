import { readDeviceCertificate, dateText, subjectOf, type DeviceCertificate } from "./device-certificate.ts";
import { readDeviceKey, type DeviceKey } from "./device-key.ts";
import { MissingFile, readHostFile } from "./host-file.ts";
import type { Mistake } from "./mistake.ts";
import type { HostSettings } from "./settings-schema.ts";

/** Where modules/device-identity.ts looks by itself. */
export const CERTIFICATE_FILE = "device-cert.der";
export const KEY_FILE = "device-key.der";

const EC_NOTE = "an EC key is for the firmware of an ESP32: Linux builds with mbedTLS 2.1.1 cannot sign with one (E_HANDSHAKE -0x3f00)";

/** What is made of the files that settings name. */
export interface PreparedFiles {
  /** Storage file name -> content. */
  files: Record<string, Buffer>;
  mistakes: Mistake[];
  warnings: Mistake[];
  /** What a person wants to see of it. */
  notes: string[];
}

/** Reads the board's certificate and key, checks that they belong together, and converts them for its Storage. */
export async function prepareDeviceIdentity(device: NonNullable<HostSettings["device"]>, folder: string, now: Date): Promise<PreparedFiles> {
  const prepared: PreparedFiles = { files: {}, mistakes: [], warnings: [], notes: [] };
  const read = async <T>(setting: "certificate" | "key", parse: (content: Buffer) => T): Promise<T | undefined> => {
    try {
      return parse(await readHostFile(folder, device[setting]));
    } catch (error) {
      const hint = error instanceof MissingFile ? ". A board without a certificate of its own needs no section device" : "";
      prepared.mistakes.push({ path: ["device", setting], text: `cannot use the file ${device[setting]}: ${(error as Error).message}${hint}` });
      return undefined;
    }
  };
  const certificate = await read("certificate", (content) => readDeviceCertificate(content, now));
  const key = await read("key", readDeviceKey);
  if (certificate && key) takePair(prepared, certificate, key);
  return prepared;
}

function takePair(prepared: PreparedFiles, { certificate, warnings }: DeviceCertificate, { key, der, description, isEc }: DeviceKey): void {
  if (!certificate.checkPrivateKey(key)) {
    prepared.mistakes.push({ path: ["device"], text: whyNoPair(certificate.ca) });
    return;
  }
  if (isEc) prepared.notes.push(EC_NOTE);
  prepared.warnings.push(...warnings.map((text) => ({ path: ["device", "certificate"], text })));
  const who = `${subjectOf(certificate)}, valid until ${dateText(certificate.validTo)}`;
  prepared.notes.unshift(`device certificate: ${who}, with its key (${description})`);
  Object.assign(prepared.files, { [CERTIFICATE_FILE]: certificate.raw, [KEY_FILE]: der });
}

function whyNoPair(isAuthority: boolean): string {
  if (isAuthority) {
    return "certificate is the one of an authority, a root such as AmazonRootCA1, and not the board's own. " +
      "Of the files from AWS the one that ends in -certificate.pem.crt is needed";
  }
  return "certificate and key do not belong together. " +
    "The files that AWS gives at one time begin with the same characters; take both from one set";
}
