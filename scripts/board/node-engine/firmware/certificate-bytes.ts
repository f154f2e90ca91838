import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { types } from "node:util";
import { fromByteString } from "./byte-string.ts";
import type { TlsMaterial } from "../memory/tls-image.ts";
import type { Runtime } from "../runtime.ts";
import { readCertificate } from "../x509/certificate.ts";
import { programError } from "./program-error.ts";
import { typeName } from "./text-of-value.ts";

/** A string up to this length is taken for the name of a file (decode_certificate_var in network.c). */
const LONGEST_FILE_NAME = 100;

/**
 * Parses the TLS options as the firmware does while it connects. Raises the firmware's exceptions: InternalError for
 * anything that is no DER, Error for a file that is not there.
 */
export function parseCredentials(runtime: Runtime, options: Record<string, unknown>): TlsMaterial {
  const ca = parseCertificate(runtime, options, "ca");
  const certificate = parseCertificate(runtime, options, "cert");
  return { ca, certificate, key: parseKey(runtime, options) };
}

function parseCertificate(
  runtime: Runtime,
  options: Record<string, unknown>,
  name: "ca" | "cert",
): Uint8Array | undefined {
  if (options[name] === undefined) return undefined;
  const bytes = bytesOf(runtime, options[name]);
  const der = attempt(() => derOf(bytes));
  if (der !== undefined) return der;
  throw runtime.internalError(`HTTPS init failed! mbedtls_x509_crt_parse of '${name}': Invalid format`);
}

function parseKey(runtime: Runtime, options: Record<string, unknown>): KeyObject | undefined {
  if (options.key === undefined) return undefined;
  const der = Buffer.from(bytesOf(runtime, options.key));
  for (const type of ["pkcs8", "sec1", "pkcs1"] as const) {
    const key = attempt(() => createPrivateKey({ key: der, format: "der", type }));
    if (key !== undefined) return key;
  }
  throw runtime.internalError("HTTPS init failed! mbedtls_pk_parse_key: Invalid format");
}

/** The bytes of one option: given, returned by a function, or (never, on this board) read from a file. */
function bytesOf(runtime: Runtime, value: unknown): Uint8Array {
  if (typeof value === "function") return charArrayOf(runtime, value.call(undefined) ?? value);
  if (typeof value === "string" && value.length <= LONGEST_FILE_NAME) refuseFile(runtime, value);
  return charArrayOf(runtime, value);
}

function refuseFile(runtime: Runtime, name: string): never {
  runtime.print(`WARNING: File "${name}" not found`);
  throw programError(runtime, "Could not open file : UNKNOWN");
}

function charArrayOf(runtime: Runtime, value: unknown): Uint8Array {
  if (typeof value === "string") return fromByteString(value);
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return Uint8Array.from(value as number[]);
  if (typeof value === "number") return Uint8Array.of(value);
  throw programError(runtime, `Expecting Number or iterable, got ${typeName(value)}`, "TypeError");
}

/** PEM text is refused here because Node would take it; what follows the outer sequence is ignored, as mbedTLS does. */
function derOf(bytes: Uint8Array): Uint8Array {
  const certificate = readCertificate(bytes);
  return new X509Certificate(certificate.bytes).raw;
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
