/** A block of a PEM text (RFC 7468). */
export interface PemBlock {
  label: string;
  text: string;
}

const PEM_BLOCK = /-----BEGIN ([^-\r\n]+)-----[\s\S]*?-----END \1-----/g;

/** The PEM blocks of a file; undefined when it is no PEM text, so most likely DER. */
export function pemBlocks(content: Buffer): PemBlock[] | undefined {
  const blocks = [...content.toString("latin1").matchAll(PEM_BLOCK)].map(([text, label]) => ({ label: label ?? "", text }));
  return blocks.length > 0 ? blocks : undefined;
}

/** Whether a file begins like a PEM text, though no block of it may be whole. */
export function looksLikePem(content: Buffer): boolean {
  return content.includes("-----BEGIN ");
}
