import type { Framing } from "./ask.ts";
import type { BoardName } from "./boards.ts";
import type { MemoryCost } from "./memory.ts";
import type { Peculiarity } from "./peculiarities.ts";
import type { Outcome, Verdict } from "./verdict.ts";

/**
 * What `--json` prints. Fields are added, never renamed or given another meaning, as long as `format` is 1. What could not be found out is left
 * out.
 */
export interface PreflightReport {
  format: 1;
  url: string;
  host: string;
  port: number;
  board: BoardName;
  /** ISO 8601. */
  checkedAt: string;
  /** That of `project`. */
  outcome: Outcome;
  /** As documented in --help. */
  exitCode: number;
  /** Stock firmware with require("tls") or https, which verifies nothing and sends a made-up name. */
  stock: Verdict;
  /** This project: verified, with the host's own name. */
  project: Verdict;
  connection?: ConnectionFacts;
  /** As sent, the server's own first. */
  chain?: CertificateFacts[];
  /** Of the server's own certificate; negative: expired. */
  daysLeft?: number;
  /** What to embed. */
  root?: RootFacts;
  memory?: MemoryCost;
  /** To the request as the client sends it by default, and by HTTP/1.1. */
  http?: { "1.0": AnswerFacts; "1.1"?: AnswerFacts };
  /** Services known by name. */
  peculiarities: Peculiarity[];
  /** Sentences about what works and is still worth knowing. */
  notes: string[];
}

export interface ConnectionFacts {
  /** "TLS 1.2". */
  version: string;
  /** OpenSSL's name. */
  suite?: string;
  /** Of the key exchange. */
  curve?: string;
  wantsClientCertificate: boolean;
}

export interface CertificateFacts {
  name: string;
  issuer: string;
  /** "RSA 2048", "EC P-256". */
  key: string;
  /** ISO 8601. */
  validTo: string;
  bytes: number;
  sha256: string;
}

export interface RootFacts extends CertificateFacts {
  isRoot: boolean;
  /** In certs/, when it is there. */
  file?: string;
  /** The line for a program, when it is there. */
  importLine?: string;
  /** The command that puts it there. */
  addCommand: string;
}

export interface AnswerFacts {
  statusCode?: number;
  framing?: Framing;
  bodyBytes: number;
  /** The body went on when reading was stopped. */
  isCutOff: boolean;
  contentEncoding?: string;
  location?: string;
  /** What the client ends with. */
  code?: string;
}
