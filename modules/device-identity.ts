// Who this board is to servers that ask (mutual TLS): a certificate and its private key, DER files in the board's Storage.
import { makeError } from "./errors";
import type { Settings } from "./settings";

export interface DeviceIdentity {
  cert: () => string;
  key: () => string;
}

// What every DER certificate and key begins with: an ASN.1 SEQUENCE (X.690 8.9).
const SEQUENCE = "0";

// A view on flash: the bytes take no variables until the firmware reads them.
function readFile(file: string): string {
  return require("Storage").read(file)!;
}

/** Gives a function that reads a Storage file as DER: as ca, cert or key of a request. Raises E_SETTINGS for one that is missing or holds no DER. */
export function derFile(file: string): () => string {
  const der = readFile(file);
  if (der === undefined) throw makeError("E_SETTINGS", "settings", "not in Storage: " + file);
  if (der.charAt(0) !== SEQUENCE) throw makeError("E_SETTINGS", "settings", file + (der.charAt(0) === "-" ? " is PEM, not DER" : " is not DER"));
  return readFile.bind(undefined, file);
}

/**
 * The `cert` and `key` of a request: functions that read the Storage files `device-cert.der` and `device-key.der`, or those that
 * `settings.device` names. One certificate; the key RSA (PKCS#1 or PKCS#8) or EC (SEC1 or PKCS#8), not encrypted. Whether the
 * two belong together only a handshake tells. Raises E_SETTINGS for a file that is missing or holds no DER.
 */
export function deviceIdentity(settings: Settings): DeviceIdentity {
  const files = settings["device"] || {};
  return { cert: derFile(files.cert || "device-cert.der"), key: derFile(files.key || "device-key.der") };
}
