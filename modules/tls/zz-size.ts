import { readCertificate, matchesHost } from "./certificate";
import { fingerprint, matchesPin, parsePin } from "./pins";
export function check(der: string, host: string, pin: string): any {
  const c = readCertificate(der);
  return [matchesHost(c, host), c.names, c.subject, c.issuer, c.notBefore, c.notAfter, matchesPin(parsePin(pin), der, c.publicKeyInfo), fingerprint(der, "SHA256")];
}
