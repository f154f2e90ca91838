import { isIP } from "node:net";
import { MAX_RSA_BITS } from "../certificates/board-rules.ts";
import { daysLeft, readCertificate, type Certificate } from "../certificates/certificate.ts";
import type { CertsFile } from "../certificates/certs-folder.ts";
import { chooseAnchor, type Choice, type ChoiceInput } from "../certificates/choose-anchor.ts";
import { fetchIssuers } from "../certificates/fetch-issuers.ts";
import type { RootStore } from "../certificates/root-store.ts";
import { ask, type Answer } from "./ask.ts";
import { tlsOptions, type Board } from "./boards.ts";
import { findAddress } from "./find-address.ts";
import { judgeAnswer } from "./judge-answer.ts";
import { anchorFor, isBeyondChip, judgeCertificate, type Anchor } from "./judge-certificate.ts";
import { judgeFinish, judgeHello, judgeStock } from "./judge-visit.ts";
import { memoryCost } from "./memory.ts";
import { curveName, minorVersionName } from "./names.ts";
import { notesOf } from "./notes.ts";
import { peculiaritiesOf } from "./peculiarities.ts";
import type { AnswerFacts, CertificateFacts, ConnectionFacts, PreflightReport, RootFacts } from "./report.ts";
import { exitCodeOf, parseTarget, type Target } from "./target.ts";
import { verdict, type Verdict } from "./verdict.ts";
import { visit, type Visit, type VisitOptions } from "./visit.ts";

export interface PreflightOptions {
  board: Board;
  roots: RootStore;
  /** What is in certs/. */
  certsFiles: CertsFile[];
  now: Date;
  /** For each handshake; default 10 s. */
  timeoutMs?: number;
  /** For each answer; default: the same. */
  answerTimeoutMs?: number;
  method?: "GET" | "HEAD";
  /** Connects there in place of the host, for servers without a name in DNS. */
  connectTo?: { host: string; port: number };
  /** PEM, for mutual TLS. */
  clientCertificate?: { cert: string; key: string };
}

/** As long as the client itself waits (modules/limits.ts). */
const DEFAULT_TIMEOUT_MS = 10_000;

type Context = PreflightOptions & { target: Target; server: string; base: Omit<VisitOptions, "serverName"> };

/**
 * Talks to a server as a board would, and says how a request will end there.
 * @param url https://HOST[:PORT]/PATH, or another address of a TLS server (scripts/certificates/server-address.ts)
 * @throws Error for what is no address
 */
export async function preflight(url: string, options: PreflightOptions): Promise<PreflightReport> {
  const target = parseTarget(url);
  const address = await findAddress(options.connectTo?.host ?? target.host, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  if (typeof address !== "string") return reportOf(target, options, { stock: address, project: address });
  const base = {
    address,
    port: options.connectTo?.port ?? target.port,
    tls: { ...tlsOptions(options.board.offer), ...options.clientCertificate },
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    answerTimeoutMs: options.answerTimeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
  return await examine({ ...options, target, server: `${target.host}:${target.port}`, base });
}

async function examine(context: Context): Promise<PreflightReport> {
  const { target, server, base, board } = context;
  const own = { ...base, serverName: isIP(target.host) === 0 ? target.host : false } as const;
  const [stockVisit, found] = await Promise.all([
    visit({ ...base, tls: tlsOptions(board.offer), serverName: board.stockServerName }),
    visit(own),
  ]);
  const stock = judgeStock(stockVisit, found, server, base.timeoutMs, board.stockServerName);
  const refusal = await judgeHello(found, server, own);
  if (found.certificates.length === 0) return reportOf(target, context, { stock, project: refusal! });
  const { choice, input } = await choose(found, context);
  if (isBeyondChip(choice.leaf)) return reportOf(target, context, { ...beyondChip(choice), found, choice });
  const trust = refusal ?? judgeCertificate(choice, input) ?? judgeFinish(found, server, context.clientCertificate !== undefined);
  const answers = trust || !target.isHttp ? undefined : await askBoth(own, choice.leaf, context);
  const project = trust ?? (answers && judgeAnswer(answers.old, answers.young)) ?? success(choice);
  return reportOf(target, context, { stock, project, stockVisit, found, choice, answers });
}

async function choose(found: Visit, { target, roots, now }: Context): Promise<{ choice: Choice; input: ChoiceInput & { host: string } }> {
  const sent = found.certificates.map(readCertificate);
  const fetched = await fetchIssuers(sent, roots);
  const { messageBytes, isFragmented } = found;
  const input = { sent, fetched, roots, now, host: target.host, messageBytes, isFragmented };
  return { choice: chooseAnchor(input), input };
}

async function askBoth(own: VisitOptions, leaf: Certificate, context: Context): Promise<{ old: Answer; young: Answer }> {
  const { host, port, path } = context.target;
  const options = { ...own, host, hostPort: port, path, method: context.method ?? "GET", onlyTo: leaf.der };
  const [old, young] = await Promise.all([ask({ ...options, httpVersion: "1.0" }), ask({ ...options, httpVersion: "1.1" })]);
  return { old, young };
}

function beyondChip({ leaf }: Choice): Pick<Findings, "stock" | "project"> {
  const each = verdict("fails", "E_HANDSHAKE", `The server's ${leaf.key.text} key is longer than the ${MAX_RSA_BITS} bits that the chip can reckon with.`, [
    "The server needs a certificate with an EC or a shorter RSA key.",
  ]);
  return { stock: each, project: each };
}

function success(choice: Choice): Verdict {
  const text = `It connects, and the board can verify the server with ${anchorFor(choice)!.certificate.name}.`;
  return { outcome: "works", text, advice: [] };
}

interface Findings {
  stock: Verdict;
  project: Verdict;
  stockVisit?: Visit;
  found?: Visit;
  choice?: Choice;
  answers?: { old: Answer; young: Answer } | undefined;
}

function reportOf(target: Target, options: PreflightOptions, findings: Findings): PreflightReport {
  const { board, now, certsFiles, clientCertificate } = options;
  const { stock, stockVisit, found, choice, answers } = findings;
  const project = board.obstacle && findings.project.outcome !== "unknown" ? verdict("fails", "E_TLS_LAYOUT", board.obstacle) : findings.project;
  const traits = { ...target, goesByName: stock.code === "E_SNI", issuer: choice?.leaf.issuer ?? "", headers: answers?.old.headers ?? {}, statusCode: answers?.old.statusCode };
  const anchor = choice && anchorFor(choice);
  const isMutual = clientCertificate !== undefined || (found?.wantsCertificate === true && project.outcome === "needs");
  return {
    format: 1,
    url: target.url,
    host: target.host,
    port: target.port,
    board: board.name,
    checkedAt: now.toISOString(),
    outcome: project.outcome,
    exitCode: exitCodeOf(project.outcome),
    stock,
    project,
    ...(found?.minorVersion === undefined ? {} : { connection: connectionFacts(found) }),
    ...(choice ? {
      chain: choice.sent.map(certificateFacts),
      daysLeft: daysLeft(choice.leaf, now),
      ...(anchor ? { root: rootFacts(anchor, target, certsFiles) } : {}),
      memory: memoryCost(choice, anchor?.certificate, found!.messageBytes, board, isMutual),
    } : {}),
    ...(answers ? { http: { "1.0": answerFacts(answers.old), "1.1": answerFacts(answers.young) } } : {}),
    peculiarities: peculiaritiesOf(traits),
    notes: notesOf({ stockVisit, found, choice, answers, project, now, target }),
  };
}

function connectionFacts({ minorVersion, suite, curve, wantsCertificate }: Visit): ConnectionFacts {
  const name = curveName(curve);
  return {
    version: minorVersionName(minorVersion!),
    ...(suite ? { suite } : {}),
    ...(name ? { curve: name } : {}),
    wantsClientCertificate: wantsCertificate,
  };
}

function certificateFacts({ name, issuer, key, validTo, der, sha256 }: Certificate): CertificateFacts {
  return { name, issuer, key: key.text, validTo: validTo.toISOString(), bytes: der.length, sha256 };
}

function rootFacts({ certificate, isRoot }: Anchor, { host, port }: Target, certsFiles: CertsFile[]): RootFacts {
  const file = certsFiles.find((each) => each.certificate?.sha256 === certificate.sha256)?.file;
  return {
    ...certificateFacts(certificate),
    isRoot,
    ...(file ? { file: `certs/${file}`, importLine: `import ca from "../certs/${file}";` } : {}),
    addCommand: `npm run certs -- add https://${host}${port === 443 ? "" : `:${port}`}`,
  };
}

function answerFacts({ statusCode, framing, bodyBytes, isCutOff, headers, code }: Answer): AnswerFacts {
  const contentEncoding = headers["content-encoding"];
  const location = headers["location"];
  return {
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(framing === undefined ? {} : { framing }),
    bodyBytes,
    isCutOff,
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(location === undefined ? {} : { location }),
    ...(code === undefined ? {} : { code }),
  };
}
