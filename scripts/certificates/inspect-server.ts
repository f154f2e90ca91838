import { readCertificate } from "./certificate.ts";
import { chooseAnchor, type Choice } from "./choose-anchor.ts";
import { fetchChain, type FetchOptions, type SentChain } from "./fetch-chain.ts";
import { fetchIssuers } from "./fetch-issuers.ts";
import type { RootStore } from "./root-store.ts";

/** A server's certificates as sent, and what a program for it embeds. */
export interface Inspection {
  chain: SentChain;
  choice: Choice;
}

/**
 * Looks at a server's certificates and chooses which to embed.
 * @param roots whom to trust
 * @param now the moment that counts for dates
 * @throws ChainError when the server shows no certificates; Error when one cannot be read
 */
export async function inspectServer(options: FetchOptions, roots: RootStore, now: Date): Promise<Inspection> {
  const chain = await fetchChain(options);
  const sent = chain.certificates.map(readCertificate);
  const fetched = await fetchIssuers(sent, roots);
  return { chain, choice: chooseAnchor({ ...chain, sent, fetched, roots, now, host: options.serverName || options.host }) };
}
