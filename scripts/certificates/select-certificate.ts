import { existsSync } from "node:fs";
import { basename } from "node:path";
import { anchorObjection } from "./board-rules.ts";
import { readCertificateFile } from "./certificate-bytes.ts";
import { dateOf, isSameName, isWithinDates, type Certificate } from "./certificate.ts";
import { chooseAnchor, type Choice } from "./choose-anchor.ts";
import { describeCertificate, describeChoice, describeReason } from "./describe-choice.ts";
import { inspectServer } from "./inspect-server.ts";
import { NODE_STORE, RootStore } from "./root-store.ts";
import { describeAddress, looksLikeServer, parseServerAddress } from "./server-address.ts";

/** A certificate to write into certs/. */
export interface Selection {
  certificate: Certificate;
  /** Where it comes from, for the head of the file. */
  from: string;
  /** What to tell about it. */
  lines: string[];
}

export interface SelectOptions {
  roots: RootStore;
  /** What the root store is called in a file's head. */
  rootsName?: string;
  now: Date;
  /** SHA-256 in any way of writing: of a root that a server sends and that is trusted though in no store, or of one of several roots of a name. */
  fingerprint?: string;
  /** Of a file with several authorities: the common name of the one that is meant. */
  only?: string;
}

/** Thrown when nothing can be chosen; `lines` show what was found out before. */
export class NothingToEmbed extends Error {
  readonly lines: string[];

  constructor(message: string, lines: string[]) {
    super(message);
    this.lines = lines;
  }
}

/**
 * Finds the certificate that a person means by a URL, a file, or a root's name.
 * @throws NothingToEmbed, ChainError or Error, with what to do
 */
export async function selectCertificate(source: string, options: SelectOptions): Promise<Selection> {
  if (existsSync(source)) return fromFile(source, options);
  if (/^\S+\.(pem|crt|cer|der|p7b|p7c)$/i.test(source)) throw new Error(`There is no file ${source}.`);
  return looksLikeServer(source) ? await fromServer(source, options) : fromStore(source, options);
}

async function fromServer(source: string, options: SelectOptions): Promise<Selection> {
  const address = parseServerAddress(source);
  const server = describeAddress(address);
  const first = await inspectServer(address, options.roots, options.now);
  const confirmed = first.choice.sent.filter((each) => each.isSelfIssued && each.isAuthority && hasFingerprint(each, options.fingerprint));
  if (options.fingerprint && confirmed.length === 0) throw new Error(`${server} sends no root with the SHA-256 ${options.fingerprint}.`);
  const choice = confirmed.length === 0 ? first.choice
    : chooseAnchor({ ...first.chain, ...first.choice, host: address.host, roots: options.roots.with(confirmed), now: options.now });
  return selectionOf(choice, server, options);
}

function selectionOf(choice: Choice, where: string, options: SelectOptions): Selection {
  const lines = describeChoice(choice, where, options.now);
  if (!choice.chosen) throw new NothingToEmbed(choice.problem!, lines);
  const { certificate } = choice.chosen;
  const from = options.roots.has(certificate) ? storeName(options) : `${where}, on ${dateOf(options.now)}`;
  return { certificate, from, lines: [...lines, describeReason(choice)] };
}

function fromStore(name: string, options: SelectOptions): Selection {
  const found = options.roots.byName(name).filter((each) => !options.fingerprint || hasFingerprint(each, options.fingerprint));
  if (found.length === 0) throw new Error(unknownName(name, options.roots));
  if (found.length > 1) {
    const facts = found.map(({ sha256, key, validTo }) => `  ${sha256} (${key.text}, until ${dateOf(validTo)})`);
    throw new Error(`${found.length} roots have the name "${found[0]!.name}". Say which with --fingerprint:\n${facts.join("\n")}`);
  }
  const certificate = found[0]!;
  const objection = objectionTo(certificate, options.now);
  if (objection) throw new Error(`"${certificate.name}" cannot be embedded: ${objection}.`);
  return { certificate, from: storeName(options), lines: [describeCertificate(certificate, options.now)] };
}

function unknownName(name: string, roots: RootStore): string {
  const near = roots.namesLike(name);
  const hint = near.length > 0 ? `Near are:\n${near.map((each) => `  "${each}"`).join("\n")}` : "A server is written https://HOST.";
  return `No root in the store has the name "${name}", and there is no such file. ${hint}`;
}

function fromFile(file: string, options: SelectOptions): Selection {
  const certificates = readCertificateFile(file);
  const where = basename(file);
  const isChain = certificates.length > 1 && !certificates[0]!.isAuthority && options.only === undefined;
  if (isChain) return fromChainFile(certificates, where, options);
  const certificate = onlyAuthority(certificates, file, options);
  const objection = objectionTo(certificate, options.now);
  if (objection) throw new Error(`${file}: "${certificate.name}" cannot be embedded: ${objection}.`);
  return { certificate, from: `${where}, on ${dateOf(options.now)}`, lines: [describeCertificate(certificate, options.now)] };
}

/** Whoever gives the file of a chain trusts the root in it. */
function fromChainFile(certificates: Certificate[], where: string, options: SelectOptions): Selection {
  const ownRoots = certificates.filter((each) => each.isSelfIssued && each.isAuthority);
  const choice = chooseAnchor({ sent: certificates, roots: options.roots.with(ownRoots), now: options.now });
  return selectionOf(choice, where, options);
}

function onlyAuthority(certificates: Certificate[], file: string, { only, roots }: SelectOptions): Certificate {
  const wanted = only === undefined ? certificates : certificates.filter(({ name }) => isSameName(name, only));
  if (wanted.length === 0) throw new Error(`${file} has no certificate with the name "${only}". It has:\n${listNames(certificates)}`);
  if (wanted.length > 1) {
    throw new Error(`${file} has ${wanted.length} authorities, and one is embedded. Say which with --only NAME:\n${listNames(wanted)}`);
  }
  if (!wanted[0]!.isAuthority) throw new Error(`${file}: ${leafRefusal(wanted[0]!, roots)}`);
  return wanted[0]!;
}

function leafRefusal(leaf: Certificate, roots: RootStore): string {
  const isOver = "it is a server's own certificate, which is renewed every few weeks or months: the program would stop working then. ";
  if (leaf.isSelfIssued) return `${isOver}It is self-signed, so nothing is above it: make an authority of your own, or pin it with the option \`pins\`.`;
  const root = roots.bySubject(leaf.issuer)[0];
  return isOver + (root ? `Right is: certs -- add "${root.name}"` : `Right is the root above ${leaf.issuer}: certs -- add https://HOST finds it.`);
}

function listNames(certificates: Certificate[]): string {
  return certificates.map(({ name }) => `  "${name}"`).join("\n");
}

function objectionTo(certificate: Certificate, now: Date): string | undefined {
  if (!isWithinDates(certificate, now)) return `it is valid from ${certificate.x509.validFrom} to ${certificate.x509.validTo}`;
  return anchorObjection(certificate);
}

function hasFingerprint({ sha256 }: Certificate, wanted: string | undefined): boolean {
  return wanted !== undefined && hexOf(sha256) === hexOf(wanted);
}

function hexOf(fingerprint: string): string {
  return fingerprint.toLowerCase().replace(/[^0-9a-f]/g, "");
}

function storeName({ rootsName }: SelectOptions): string {
  return rootsName ?? NODE_STORE;
}
