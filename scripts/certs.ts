import { Command, InvalidArgumentError } from "commander";
import { basename } from "node:path";
import type { CertsFile } from "./certificates/certs-folder.ts";
import type { SelectOptions, Selection } from "./certificates/select-certificate.ts";
import { runCommand } from "./terminal/command.ts";

interface AddOptions {
  name?: string;
  only?: string;
  roots?: string;
  fingerprint?: string;
  standby?: string;
  force?: boolean;
}

interface CheckOptions {
  days: number;
  json?: boolean;
}

/** Time for a new program to reach every board. */
const DEFAULT_DAYS = 60;
const PROJECT = process.cwd();

function readDays(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Days are a whole number.");
}

function readFingerprint(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text.replace(/[:\s]/g, ""))) return text;
  throw new InvalidArgumentError("A SHA-256 fingerprint has 64 hexadecimal digits.");
}

/** Reads the command line; gives what to run. */
function readCommand(): () => Promise<number> {
  let run = (): Promise<number> => Promise.resolve(0);
  const program = new Command("npm run certs --")
    .description("The certificates in certs/, by which programs know servers: add the right one for a server, check them, list them.");
  program.command("add <source>")
    .description("Write the certificate to embed for a server into certs/. SOURCE is a URL (https://HOST[:PORT]), a file (PEM or DER), " +
      'or the name of a root ("ISRG Root X1"). Of a server the chain is fetched, and what the board can verify it with is chosen: ' +
      "a root or a long-lived intermediate, never the server's own certificate.")
    .option("--name <name>", "write certs/NAME.pem (default: after the certificate)")
    .option("--only <name>", "of a file with several certificates, the one with this common name")
    .option("--roots <file>", "trust the roots in this PEM file, in place of Node's own")
    .option("--fingerprint <sha256>", "trust a root of your own that the server sends, with this SHA-256; or tell roots of one name apart",
      readFingerprint)
    .option("--standby <why>", "keep it though no program imports it: an authority's next root, say")
    .option("--force", "overwrite another certificate of that name")
    .action((source: string, options: AddOptions) => void (run = () => add(source, options)));
  program.command("check")
    .description("For CI: exit code 1 when a certificate in certs/ has expired or soon will, is a server's own, does not match its head, " +
      "cannot be used by the board, or is imported by no program.")
    .option("--days <number>", "expiring sooner counts as soon", readDays, DEFAULT_DAYS)
    .option("--json", "print the findings as JSON")
    .action((options: CheckOptions) => void (run = () => check(options)));
  program.command("list")
    .description("Show the certificates in certs/: until when, which key, how big, used by which program.")
    .option("--json", "print them as JSON")
    .action((options: { json?: boolean }) => void (run = () => list(options)));
  program.parse();
  return () => run();
}

async function add(source: string, options: AddOptions): Promise<number> {
  const { writeCertificate } = await import("./certificates/write-certificate.ts");
  const { successorsOf } = await import("./certificates/successors.ts");
  const selection = await select(source, options);
  show(selection.lines);
  const { file, isNew } = writeCertificate(PROJECT, selection, options);
  const next = successorsOf(selection.certificate).map(({ name, why }) => `  ${name}: ${why}.`);
  show([
    "",
    isNew ? `Written: ${file}` : `It is there already: ${file}`,
    `In a program: import ca from "../${file}";`,
    ...(next.length > 0 ? ["Other roots of this authority, for the day it changes:", ...next] : []),
  ]);
  return 0;
}

async function select(source: string, options: AddOptions): Promise<Selection> {
  const { NothingToEmbed, selectCertificate } = await import("./certificates/select-certificate.ts");
  try {
    return await selectCertificate(source, await selectOptions(options));
  } catch (error) {
    if (error instanceof NothingToEmbed) show([...error.lines, ""]);
    throw error;
  }
}

async function selectOptions({ roots: file, fingerprint, only }: AddOptions): Promise<SelectOptions> {
  const { RootStore } = await import("./certificates/root-store.ts");
  const { readCertificateFile } = await import("./certificates/certificate-bytes.ts");
  const roots = file === undefined ? new RootStore() : new RootStore(readCertificateFile(file).map(({ der }) => der));
  return { roots, rootsName: file && basename(file), now: new Date(), fingerprint, only };
}

async function check({ days, json }: CheckOptions): Promise<number> {
  const { problemsOf } = await import("./certificates/check-certs.ts");
  const findings = (await readFiles()).map((each) => ({ file: `certs/${each.file}`, problems: problemsOf(each, new Date(), days) }));
  const bad = findings.filter(({ problems }) => problems.length > 0);
  if (json) console.log(JSON.stringify(findings, undefined, 2));
  else show([...bad.flatMap(({ file, problems }) => problems.map((problem) => `${file}: ${problem}`)), verdict(findings.length, bad.length)]);
  return bad.length > 0 ? 1 : 0;
}

function verdict(all: number, bad: number): string {
  return bad === 0 ? `All is well with the ${all} certificates in certs/.` : `${bad} of the ${all} certificates in certs/ need attention.`;
}

async function list({ json }: { json?: boolean }): Promise<number> {
  const { certsTable, certsRows } = await import("./certificates/certs-table.ts");
  const rows = certsRows(await readFiles(), new Date());
  if (json) console.log(JSON.stringify(rows, undefined, 2));
  else show(rows.length > 0 ? certsTable(rows) : ["There is nothing in certs/."]);
  return 0;
}

async function readFiles(): Promise<CertsFile[]> {
  const { readCertsFolder } = await import("./certificates/certs-folder.ts");
  return readCertsFolder(PROJECT);
}

function show(lines: string[]): void {
  for (const line of lines) console.log(line);
}

await runCommand(readCommand());
