import { anchorObjection } from "./board-rules.ts";
import { verifyAsBoard } from "./board-verify.ts";
import { daysLeft, type Certificate } from "./certificate.ts";
import { faultsOf, leafProblem, messageProblem, problemOf } from "./chain-problems.ts";
import { findPaths, type Path } from "./paths.ts";
import type { RootStore } from "./root-store.ts";

/** A certificate that a program for this server could embed. */
export interface Candidate {
  certificate: Certificate;
  /** It is in the root store; otherwise an intermediate. */
  isRoot: boolean;
  /** How many signatures the board checks with it; undefined when it is refused. */
  signatures?: number;
  /** Why the board would refuse the server with it, or why it should not be embedded. */
  objection?: string;
}

/** What is known of a server's certificates, and what to embed. */
export interface Choice {
  leaf: Certificate;
  /** In the order sent. */
  sent: Certificate[];
  /** Not sent, but fetched from where the certificates say (authority information access). */
  fetched: Certificate[];
  /** Shortest first, also those with a certificate out of its dates. */
  paths: Path[];
  /** Best first; those that will not do come last, with the reason. */
  candidates: Candidate[];
  chosen?: Candidate;
  /** Why nothing is chosen; undefined when something is. */
  problem?: string;
  /** What is wrong with what the server sends, for whoever runs it. */
  faults: string[];
}

export interface ChoiceInput {
  sent: Certificate[];
  fetched?: Certificate[];
  roots: RootStore;
  now: Date;
  /** Name or address that the server's certificate has to be for; undefined: not known. */
  host?: string;
  /** Of the handshake message, if it was one. */
  messageBytes?: number;
  isFragmented?: boolean;
}

/** A program outlives its first year: what expires sooner is embedded only when there is nothing else. */
const SHORT_DAYS = 365;

/**
 * Chooses the certificate to embed: one that the board verifies this server with (verifyAsBoard), on a path to a trusted root, never the
 * server's own. A root before an intermediate, then the fewest signatures to check, then the smallest.
 * @param input.sent what the server sends, its own certificate first; at least one
 */
export function chooseAnchor(input: ChoiceInput): Choice {
  const { sent, fetched = [], roots, now } = input;
  const leaf = sent[0]!;
  const paths = findPaths(leaf, [...sent.slice(1), ...fetched], roots, now);
  const candidates = candidatesOn(paths, input).sort(better(now));
  const chosen = candidates.find(({ objection }) => objection === undefined);
  const faults = faultsOf(input, paths);
  const choice: Choice = { leaf, sent, fetched, paths, candidates, chosen, faults };
  const problem = messageProblem(input) ?? leafProblem(leaf, input) ?? (chosen ? undefined : problemOf(choice));
  return problem === undefined ? choice : { ...choice, chosen: undefined, problem };
}

function candidatesOn(paths: Path[], { sent, roots }: ChoiceInput): Candidate[] {
  const usable = paths.filter(({ outOfDate }) => !outOfDate);
  const all = new Map(usable.flatMap(({ certificates }) => aboveLeaf(certificates)).map((each) => [each.sha256, each]));
  return [...all.values()].map((certificate) => ({ certificate, isRoot: roots.has(certificate), ...judge(sent, certificate) }));
}

/** All but the server's own; a server certificate that is a root itself stays. */
function aboveLeaf(certificates: Certificate[]): Certificate[] {
  return certificates.length === 1 ? certificates : certificates.slice(1);
}

function judge(sent: Certificate[], certificate: Certificate): { signatures?: number; objection?: string } {
  const objection = anchorObjection(certificate) ?? (certificate.isConstrained ? "it may sign for some names only" : undefined);
  if (objection) return { objection };
  const verdict = verifyAsBoard(sent, certificate);
  return verdict.accepted ? { signatures: verdict.used.length } : { objection: verdict.reason };
}

function better(now: Date): (one: Candidate, other: Candidate) => number {
  return (one, other) => {
    const [a, b] = [rank(one, now), rank(other, now)];
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  };
}

/** Compared from the left, the smaller first. Of intermediates the one that lives longest counts, since it is what will have to be replaced. */
function rank({ certificate, isRoot, signatures = 0, objection }: Candidate, now: Date): number[] {
  const isShort = daysLeft(certificate, now) < SHORT_DAYS;
  const life = isRoot ? 0 : -certificate.validTo.getTime();
  return [Number(objection !== undefined), Number(isShort), Number(!isRoot), life, signatures, certificate.der.length];
}
