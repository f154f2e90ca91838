const ALERTS: Record<number, string> = {
  40: "handshake_failure", 42: "bad_certificate", 43: "unsupported_certificate", 46: "certificate_unknown", 47: "illegal_parameter",
  48: "unknown_ca", 49: "access_denied", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error", 112: "unrecognized_name",
  116: "certificate_required", 120: "no_application_protocol",
};
const CURVES: Record<number, string> = {
  19: "P-192", 21: "P-224", 22: "secp256k1", 23: "P-256", 24: "P-384", 25: "P-521", 26: "brainpoolP256r1", 27: "brainpoolP384r1",
  28: "brainpoolP512r1", 29: "X25519", 30: "X448",
};
const PROTOCOLS: Record<string, string> = { TLSv1: "TLS 1.0", "TLSv1.1": "TLS 1.1", "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3" };

/** "alert 40, handshake_failure" (RFC 5246 7.2, RFC 8446 6). */
export function alertName(code: number | undefined): string {
  if (code === undefined) return "an alert";
  const name = ALERTS[code];
  return name ? `alert ${code}, ${name}` : `alert ${code}`;
}

/** Of a number in the registry "TLS Supported Groups". */
export function curveName(number: number | undefined): string | undefined {
  return number === undefined ? undefined : CURVES[number] ?? `curve ${number}`;
}

/** "TLS 1.2" for what OpenSSL calls TLSv1.2. */
export function protocolName(protocol: string | undefined): string {
  return PROTOCOLS[protocol ?? ""] ?? "TLS";
}

/** "TLS 1.1" for minor version 2. */
export function minorVersionName(minor: number): string {
  return `TLS 1.${minor - 1}`;
}
