import type { CertificateParts } from "../x509/certificate.ts";
import { contentsOf, type DerElement } from "../x509/der.ts";

const DNS_NAME_TAG = 0x82;
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from([0x55, 0x04, 0x03]);

/**
 * x509_crt_verify_name of mbedTLS: where a certificate lists alternative names, only the DNS names among them count;
 * elsewhere its common names do. Addresses are not looked at.
 */
export function matchesHostName(certificate: CertificateParts, hostName: string): boolean {
  const { extensions, subjectAttributes } = certificate;
  if (extensions.alternativeNames) {
    const names = extensions.alternativeNames.filter(({ tag }) => tag === DNS_NAME_TAG);
    return names.some((name) => matches(textOf(certificate, name), hostName));
  }
  const commonNames = subjectAttributes.filter(({ type }) => COMMON_NAME.equals(contentsOf(certificate.bytes, type)));
  return commonNames.some(({ value }) => matches(textOf(certificate, value), hostName));
}

/** Letters of either case; `*.` stands for one label. */
function matches(pattern: string, hostName: string): boolean {
  const name = hostName.toLowerCase();
  const wanted = pattern.toLowerCase();
  if (wanted === name) return true;
  const dot = name.indexOf(".");
  return wanted.startsWith("*.") && dot > 0 && wanted.slice(1) === name.slice(dot);
}

function textOf({ bytes }: CertificateParts, element: DerElement): string {
  return Buffer.from(contentsOf(bytes, element)).toString("latin1");
}
