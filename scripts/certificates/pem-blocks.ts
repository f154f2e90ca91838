/** A block of a PEM text (RFC 7468). */
export interface PemBlock {
  label: string;
  text: string;
}

const PEM_BLOCK = /-----BEGIN ([^-\r\n]+)-----[\s\S]*?-----END \1-----/g;

/** The PEM blocks in a text, whatever stands between them; none when it is no PEM. */
export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(PEM_BLOCK)].map(([block, label]) => ({ label: label ?? "", text: block }));
}

/** Whether a file begins like a PEM text, though no block of it may be whole. */
export function looksLikePem(content: Buffer): boolean {
  return content.includes("-----BEGIN ");
}
